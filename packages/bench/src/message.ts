/** What is sent where nothing is rendered. */
export const PLAIN_CONTENT = {
  subject: 'News for you',
  text: 'Hello, there is something new. Have a look at https://example.com/news.',
}

/** What is sent where Liquid renders: a subject, a text and a small page. */
export const LIQUID_CONTENT = {
  subject: 'News for {{ name }}',
  text: 'Hello {{ name | upcase }}, {{ note }} Have a look at https://example.com/news.',
  html: '<h1>Hello {{ name }}</h1>{% if note %}<p>{{ note }}</p>{% endif %}<p><a href="https://example.com/news">News</a></p>',
}

/** What the provider that does nothing answers, of Broadside and of the bare loops alike. */
export const SENT = { type: 'sent' } as const
