import { describe, expect, it } from 'vitest'
import { liquidRenderer } from '../index.js'

const { compile } = liquidRenderer({
  limits: { renderTimeMs: 50, work: 200_000, outputLength: 100_000, templateTags: 500 },
})

const repeat = (start: string, step: string, times: number) => start + step.repeat(times)
const DIGITS = '{% assign list = "0123456789" | split: "" %}{% assign text = "0123456789" %}'
const LONG_PATH = repeat('{% assign path = "a." %}', '{% assign path = path | append: path %}', 12)

/** Each would take seconds to years, or gigabytes, without limits. */
const HOSTILE: Readonly<Record<string, string>> = {
  'a range of a billion': '{% for i in (1..1000000000) %}x{% endfor %}',
  'a range out of data': '{% for i in (low..high) %}x{% endfor %}',
  'loops in loops': '{% for i in (1..9999) %}{% for j in (1..9) %}{% endfor %}{% endfor %}'.repeat(90),
  'a table of loops': '{% for i in (1..9999) %}{% tablerow x in (1..9) %}{% endtablerow %}{% endfor %}'.repeat(90),
  'a text that doubles': repeat(DIGITS, '{% assign text = text | append: text %}', 40),
  'a captured text that doubles': repeat(DIGITS, '{% capture text %}{{ text }}{{ text }}{% endcapture %}', 40),
  'a captured raw text that doubles': repeat(
    DIGITS,
    '{% capture text %}{{ text | raw }}{{ text | raw }}{% endcapture %}',
    40,
  ),
  'a list that doubles': repeat(DIGITS, '{% assign list = list | concat: list %}', 40),
  'a list of twice itself, printed': `${repeat(DIGITS, '{% assign list = list | push: list %}', 40)}{{ list }}`,
  'a list of twice itself, in a filter': `${repeat(DIGITS, '{% assign list = list | unshift: list %}', 40)}{{ list | upcase }}`,
  'a list compared over and over': `{% assign list = (1..9999) %}{% if list == list${' or list == list and true'.repeat(400)} %}{% endif %}`,
  'a list searched over and over': `{% assign list = (1..9999) %}{% if list contains "x"${' or list contains "x"'.repeat(400)} %}{% endif %}`,
  'a list in a case': '{% assign list = (1..9999) %}{% case list %}{% when list, list, list %}{% endcase %}',
  'sorting by a long path': `${LONG_PATH}{% assign list = (1..9999) %}{{ list | sort: path | size }}`,
  'summing by a long path': `${LONG_PATH}{% assign list = (1..9999) %}{{ list | sum: path }}`,
  'a date of many parts': `${repeat('{% assign format = "%c" %}', '{% assign format = format | append: format %}', 12)}{{ "now" | date: format }}`,
  'a long output': `{% for i in (1..9999) %}${'x'.repeat(1_000)}{% endfor %}`,
  'a slice of a billion': '{{ "abc" | slice: 0, 1000000000 }}',
}

describe('limits', () => {
  it.each(Object.entries(HOSTILE))('end %s', (_name, text) => {
    const compiled = compile({ text })
    expect(() => compiled.render({ low: '-1000000000', high: '1000000000' })).toThrow(
      /^text: .*(limit exceeded|at most|more than|compares)/,
    )
  })

  it('refuse templates that take too long to compile', () => {
    expect(() => compile({ text: '{{ a }}'.repeat(501) })).toThrow(
      'text: has 501 outputs and tags, more than the 500 allowed',
    )
    expect(() => compile({ text: `{% liquid${'\necho a'.repeat(501)}\n%}` })).toThrow('outputs and tags')
    expect(() => liquidRenderer({ limits: { templateLength: 10 } }).compile({ text: '{{ abcdefghijk }}' })).toThrow(
      'more than the 10 allowed',
    )
    expect(() => liquidRenderer().compile({ text: '{% if a %}'.repeat(4_000) })).toThrow('is nested too deeply')
  })

  it('fail items whose data is a bomb, and only those', () => {
    const compiled = compile({ text: '{{ list }}' })
    const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000))
    expect(() => compiled.render({ list: deep })).toThrow('text: is nested too deeply')
    const endless: unknown[] = []
    endless.push(endless)
    expect(() => compiled.render({ list: endless })).toThrow('text: is nested too deeply')
    expect(compiled.render({ list: [1, 2] })).toEqual({ text: '12' })
  })

  it('leave room for an ordinary mail', () => {
    const text =
      '{% for item in items %}<tr><td>{{ item.name | upcase | truncate: 40 }}</td><td>{{ item.price | round: 2 }}</td></tr>{% endfor %}{{ items | map: "price" | sum }}'
    const items = Array.from({ length: 2_000 }, (_, index) => ({
      name: `A thing with a longer name ${index}`,
      price: 1,
    }))
    expect(String(liquidRenderer().compile({ text }).render({ items }).text)).toMatch(/2000$/)
  })
})
