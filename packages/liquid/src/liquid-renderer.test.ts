import { isBroadsideError } from '@broadside/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { liquidRenderer } from './index.js'

const renderer = liquidRenderer()
const render = (content: Record<string, unknown>, data: Record<string, unknown> = {}) =>
  renderer.compile(content).render(data)

describe('rendering', () => {
  it('fills every field for one recipient after another', () => {
    const compiled = renderer.compile({
      subject: 'Hi {{ name }}',
      text: 'Dear {{ name | upcase }}',
      html: '<b>{{ name }}</b>',
    })
    expect(compiled.render({ name: 'Ann' })).toEqual({ subject: 'Hi Ann', text: 'Dear ANN', html: '<b>Ann</b>' })
    expect(compiled.render({ name: 'Bob' })).toEqual({ subject: 'Hi Bob', text: 'Dear BOB', html: '<b>Bob</b>' })
  })

  it('escapes in html, and only there', () => {
    const data = { name: `<i>"O'Neil" & sons</i>` }
    expect(render({ html: '{{ name }}', text: '{{ name }}', subject: '{{ name }}' }, data)).toEqual({
      html: '&lt;i&gt;&#34;O&#39;Neil&#34; &amp; sons&lt;/i&gt;',
      text: data.name,
      subject: data.name,
    })
  })

  it('leaves unescaped what the template itself declares raw', () => {
    expect(render({ html: '{{ banner | raw }}' }, { banner: '<hr>' }).html).toBe('<hr>')
  })

  it('hands on what is no template, as it is', () => {
    const attachment = { content: new Uint8Array([1, 2]), size: 2 }
    const sentAt = new Date(0)
    const rendered = render({ text: 'plain', count: 3, none: null, flag: true, sentAt, attachments: [attachment] })
    expect(rendered).toEqual({ text: 'plain', count: 3, none: null, flag: true, sentAt, attachments: [attachment] })
    expect(rendered.sentAt).toBe(sentAt)
  })

  it('compiles strings within objects and lists', () => {
    const content = {
      headers: { 'X-User': '{{ id }}', 'X-Fixed': 'a' },
      tags: ['{{ id }}', 'b', 4],
      parts: [{ html: '{{ id }}' }],
    }
    expect(render(content, { id: '<7>' })).toEqual({
      headers: { 'X-User': '<7>', 'X-Fixed': 'a' },
      tags: ['<7>', 'b', 4],
      parts: [{ html: '&lt;7&gt;' }],
    })
  })

  it('renders unknown variables as nothing, or fails when they are strict', () => {
    expect(render({ text: '[{{ nobody.name }}]' }).text).toBe('[]')
    const strict = liquidRenderer({ strictVariables: true }).compile({ text: 'a\n {{ nobody.name }}' })
    expect(() => strict.render({})).toThrow('text: undefined variable: nobody, line:2, col:5')
    expect(
      liquidRenderer({ strictVariables: true })
        .compile({ text: '{% if x %}{% endif %}{{ x | default: 1 }}' })
        .render({}),
    ).toEqual({ text: '1' })
  })

  it('keeps renders and fields apart', () => {
    const compiled = renderer.compile({
      subject: '{% increment n %}',
      text: '{% increment n %}{% assign name = "x" %}{{ name }}',
    })
    const data = { n: 5 }
    expect(compiled.render(data)).toEqual({ subject: '5', text: '5x' })
    expect(compiled.render(data)).toEqual({ subject: '5', text: '5x' })
    expect(data).toEqual({ n: 5 })
  })

  it('takes filters and tags of the host', () => {
    const own = liquidRenderer({
      filters: {
        shout: (value: unknown) => `${String(value)}!`,
        bold: { raw: true, handler: (value: unknown) => `<b>${String(value)}</b>` },
      },
      tags: { hello: { render: () => 'hello' } },
    })
    const content = { html: '{{ "<a>" | shout }}{{ "x" | bold }}{% hello %}' }
    expect(own.compile(content).render({})).toEqual({ html: '&lt;a&gt;!<b>x</b>hello' })
  })

  it('fails a render whose filter is asynchronous', () => {
    const own = liquidRenderer({ filters: { later: async (value: unknown) => value } })
    expect(() => own.compile({ text: '{{ 1 | later }}' }).render({})).toThrow('text: filter later returned a promise')
  })

  it('refuses options that make no sense', () => {
    expect(() => liquidRenderer({ timeZone: 'Nowhere/Land' })).toThrow('timeZone or locale is not known')
    expect(() => liquidRenderer({ locale: '???' })).toThrow('timeZone or locale is not known')
    expect(() => liquidRenderer({ limits: { work: 0 } })).toThrow('limits.work must be a positive number')
  })
})

describe('data is only ever data', () => {
  it('is found only where it is its own', () => {
    const reach =
      '{{ constructor }}{{ __proto__ }}{{ user.constructor.name }}{{ list.constructor }}{{ user.toString }}{{ hasOwnProperty }}'
    expect(render({ text: reach }, { user: {}, list: [] }).text).toBe('')
  })

  it('may have keys that JavaScript knows, and no prototype', () => {
    const data = JSON.parse(
      '{"__proto__":{"a":"polluted"},"constructor":"c","user":{"__proto__":"p","toString":1,"constructor":2}}',
    )
    const template =
      '{{ __proto__.a }}|{{ a }}|{{ constructor }}|{{ user.__proto__ }}|{{ user }}|{{ user.constructor }}|{{ bare.x }}|{{ bare }}'
    const bare = Object.assign(Object.create(null), { x: 1 })
    expect(render({ text: template }, { ...data, bare }).text).toBe('polluted||c|p|[object Object]|2|1|[object Object]')
    expect(({} as Record<string, unknown>).a).toBeUndefined()
  })

  it('is never run as an expression', () => {
    const data = { list: [{ n: 1 }, { n: 2 }], rule: 'i.n > 1' }
    expect(render({ text: '{{ list | where_exp: "i", "i.n > 1" | map: "n" }}' }, data).text).toBe('2')
    expect(() => renderer.compile({ text: '{{ list | where_exp: "i", rule }}' })).toThrow(
      'text: where_exp takes its expression in quotes: data is never run, line:1, col:1',
    )
  })

  it('property: is printed as it is, whatever it looks like', () => {
    const templateLike = fc.stringMatching(/^(\{\{|\{%|\}\}|%\}|[a-z0-9 |:"'<>&-]){0,20}$/)
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), templateLike), (text) => {
        const rendered = render(
          { text: '{{ x }}', list: ['{% for y in ys %}{{ y }}{% endfor %}'], html: '{% echo x %}' },
          { x: text, ys: [text, text] },
        )
        expect(rendered.text).toBe(text)
        expect(rendered.list).toEqual([text + text])
        expect(unescaped(String(rendered.html))).toBe(text)
      }),
    )
  })

  it('property: never brings markup into html', () => {
    const template =
      '{{ a }}{{ b.c }}{% for x in a %}{{ x }}{% cycle x, b %}{% endfor %}{% echo b %}{% capture d %}{{ a }}{% endcapture %}{{ d }}' +
      '{{ a | append: b | upcase }}{{ b | join: b }}{{ a | json }}{{ a | newline_to_br }}{% tablerow x in b %}{{ x }}{% endtablerow %}{% if a == b %}{{ a }}{% endif %}' +
      '{% increment a %}{{ a | date: b }}{{ a | default: b }}{{ a | first }}{{ b | map: "c" }}{{ a | url_encode | url_decode }}'
    const markup = fc.stringMatching(/^[<>&"'a-z/]{0,12}$/)
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        markup,
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any')),
        fc.dictionary(fc.oneof(markup, fc.constant('c')), tie('any')),
      ),
    })).any
    const compiled = renderer.compile({ html: template })
    fc.assert(
      fc.property(value, value, (a, b) => {
        const html = rendered(() => String(compiled.render({ a, b }).html))
        expect(html?.replaceAll(/<\/?(?:tr|td)(?: class="(?:row|col)\d+")?>/g, '') ?? '').not.toMatch(/[<>"']/)
      }),
    )
  })
})

describe('text without templates', () => {
  it('property: renders to itself in every field', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const plain = text.replaceAll(/[{}]/g, '')
        expect(render({ subject: plain, html: plain, nested: { text: [plain] } }, { a: 1 })).toEqual({
          subject: plain,
          html: plain,
          nested: { text: [plain] },
        })
      }),
    )
  })
})

describe('compile errors', () => {
  it('name the field, line and column', () => {
    const broken = { headers: { 'X-A': 'ok\n{% if true %}\n  {{ x | nosuch }}{% endif %}' } }
    const error = caught(() => renderer.compile(broken))
    expect(isBroadsideError(error, 'TEMPLATE_INVALID')).toBe(true)
    expect(error).toMatchObject({ message: 'headers.X-A: undefined filter: nosuch, line:3, col:3' })
    expect(() => renderer.compile({ list: ['', '{% nosuch %}'] })).toThrow(
      'list[1]: tag "nosuch" not found, line:1, col:1',
    )
  })

  it('end a content that is nested without end', () => {
    const endless: Record<string, unknown> = {}
    endless.self = endless
    expect(() => renderer.compile(endless)).toThrow('is nested too deeply')
  })
})

function unescaped(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

/** A render may fail its item; it may not be wrong. */
function rendered(render: () => string): string | undefined {
  try {
    return render()
  } catch {
    return undefined
  }
}

function caught(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
