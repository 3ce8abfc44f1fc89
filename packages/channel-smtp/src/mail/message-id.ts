const DOT_ATOM = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/

/** `<id@domain>`. The same id gives the same header on every attempt, so a mailbox that got it twice can tell. */
export function messageIdHeader(id: string, domain: string): string {
  const left = DOT_ATOM.test(id) ? id : Buffer.from(id).toString('base64url')
  return `<${left}@${domain}>`
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
