export type { RefusalCode } from './mail/refused.js'
export type {
  DkimOptions,
  Mailbox,
  MailboxInput,
  OAuth2Login,
  PasswordLogin,
  SmtpChannelOptions,
  SmtpServerOptions,
} from './options.js'
export { type SmtpChannel, smtpChannel } from './smtp-channel.js'
export type { MailInTransit, OutgoingMail, Transporter } from './transporter.js'
