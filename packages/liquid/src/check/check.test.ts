import { describe, expect, it } from 'vitest'
import { liquidRenderer } from '../index.js'

const { compile } = liquidRenderer()

const UNKNOWN_FILTER: readonly string[] = [
  '{{ a | nosuch }}',
  '{{ a | upcase | nosuch: 1 }}',
  '{{ a | constructor }}',
  '{% if false %}{{ a | nosuch }}{% endif %}',
  '{% if a %}{% elsif a | nosuch %}{% endif %}',
  '{% if a %}{% else %}{% for x in a %}{{ x | nosuch }}{% endfor %}{% endif %}',
  '{% unless a %}{% else %}{{ a | nosuch }}{% endunless %}',
  '{% for x in a %}{% else %}{{ a | nosuch }}{% endfor %}',
  '{% case a %}{% when 1 %}{{ a | nosuch }}{% endcase %}',
  '{% case a %}{% when 1 %}{% else %}{{ a | nosuch }}{% endcase %}',
  '{% case a | nosuch %}{% when 1 %}{% endcase %}',
  '{% assign b = a | nosuch %}',
  '{% capture b %}{{ a | nosuch }}{% endcapture %}',
  '{% cycle a | nosuch, b %}',
  '{% if a %}{% cycle "group": a, b | nosuch %}{% endif %}',
  '{% tablerow x in a %}{{ x | nosuch }}{% endtablerow %}',
  '{% echo a | nosuch %}',
  '{% liquid\n if a\n  echo a | nosuch\n endif %}',
  '{{ a | where_exp: "x", "x | nosuch" }}',
  '{% assign b = a | find_exp: "x", "x | nosuch" %}',
]

const UNKNOWN_TAG: readonly string[] = [
  '{% nosuch %}',
  '{% if a %}{% nosuch %}{% endif %}',
  '{% case a %}{% when 1 %}{% nosuch %}{% endcase %}',
  '{% liquid\n for x in a\n  nosuch\n endfor %}',
  '{% endif %}',
]

const FILE_TAG: readonly string[] = [
  '{% include "/etc/passwd" %}',
  '{% render "other" %}',
  '{% if a %}{% layout "other" %}{% endif %}',
  '{% block a %}{% endblock %}',
]

const MALFORMED: readonly (readonly [template: string, reason: string])[] = [
  ['{{', 'output "{{" not closed'],
  ['{% if a', 'tag "{% if a" not closed'],
  ['{% if a %}', 'tag {% if a %} not closed'],
  ['{{ }}', 'invalid value expression'],
  ['{{ first name }}', 'has several values where one belongs'],
  ['{% if a b %}{% endif %}', 'has several values where one belongs'],
  ['{% assign c = a b %}', 'has several values where one belongs'],
  ['{{ a, b }}', 'unexpected ", b"'],
  ['{% if a, b %}{% endif %}', 'unexpected ", b"'],
  ['{% for x in a | sort %}{% endfor %}', 'for takes no filters'],
  ['{% for x in a limit: 2 | nosuch %}{% endfor %}', 'for takes no filters'],
  ['{% tablerow x in a | nosuch %}{% endtablerow %}', 'tablerow takes no filters'],
  ['{% case a %}{% when 1 | nosuch %}{% endcase %}', 'when takes no filters'],
  ['{% liquid\n for x in a | nosuch\n endfor %}', 'for takes no filters'],
]

const SOUND: readonly string[] = [
  '{{ a | upcase | append: "|" }}',
  '{% if a and b or not c %}{% elsif a contains "x" and b == 1 %}{% endif %}',
  '{% for x in (1..3) limit: 2 offset: 1 reversed %}{{ forloop.index }}{% else %}-{% endfor %}',
  '{% for x in a["k|v"] %}{% endfor %}',
  '{% case a %}{% when "x|y", 1 or 2 %}{% else %}{% endcase %}',
  '{% cycle "group": a, b | upcase %}',
  '{% tablerow x in a cols: 2 %}{{ x }}{% endtablerow %}',
  '{% comment %}{{ a | nosuch }}{% nosuch %}{{ a b }}{% endcomment %}',
  '{% raw %}{{ a | nosuch }}{% nosuch %}{% endraw %}',
  '{%- liquid\n assign b = a | upcase\n if b\n  echo b\n endif\n # note\n -%}',
  '{% # a | note %}',
  '{{ a | where_exp: "x", "x.n > 1 and x.m" | map: "n" }}',
  '{{ a[b.c][0]["d"].e }}',
  '{{- a -}}',
]

describe('what compile refuses', () => {
  it.each(UNKNOWN_FILTER)('unknown filter: %s', (text) => {
    expect(() => compile({ text })).toThrow(/^text: undefined filter: \w+, line:\d+, col:\d+$/)
  })

  it.each(UNKNOWN_TAG)('unknown tag: %s', (text) => {
    expect(() => compile({ text })).toThrow(/^text: tag "\w+" not found, line:\d+, col:\d+$/)
  })

  it.each(FILE_TAG)('other files: %s', (text) => {
    expect(() => compile({ text })).toThrow(/^text: tag "\w+" not found, line:\d+, col:\d+$/)
  })

  it.each(MALFORMED)('malformed: %s', (text, reason) => {
    const error = /^text: .*, line:\d+, col:\d+$/
    expect(() => compile({ text })).toThrow(error)
    expect(() => compile({ text })).toThrow(reason)
  })
})

describe('what compile takes', () => {
  it.each(SOUND)('%s', (text) => {
    expect(typeof compile({ text }).render({}).text).toBe('string')
  })
})
