// Writes recipients.csv: made-up people as a CRM exports them to a spreadsheet. Run it again and the file is the same: node make-recipients.mjs
import { writeFileSync } from 'node:fs'
import { domainToASCII } from 'node:url'

const ROWS = 1_000
const COLUMNS = ['Email', 'First Name', 'Last Name', 'Company', 'City', 'Time Zone', 'Language', 'Note']

/** The answers of the loopback server go by these domains; see loopback-server.ts. */
const MOVED = 'moved.example'
const STRICT = 'strict.example'
const BUSY = 'busy.example'
const SLOW = 'slow.example'

const random = mulberry32(20_260_115)
const pick = (list) => list[Math.floor(random() * list.length)]

const PLACES = [
  {
    language: 'en',
    first: ['Amelia', 'Oliver', 'Siobhán', 'Noah', 'Zoë'],
    last: ["O'Brien", 'Smith-Jones', 'Taylor', 'de Souza', 'Lee'],
    companies: ['Fern & Ivy, Ltd.', 'The "Quiet" Company', 'Harbour Lights, Inc.', 'Marlowe <Books>'],
    cities: [
      ['London', 'Europe/London'],
      ['New York', 'America/New_York'],
      ['Sydney', 'Australia/Sydney'],
    ],
    domains: ['example.com', 'mail.example', 'fern-and-ivy.example'],
  },
  {
    language: 'de',
    first: ['Jürgen', 'Anneliese', 'Björn', 'Käthe'],
    last: ['Müller', 'Weiß', 'Größer', 'von der Heide'],
    companies: ['Weiß & Söhne GmbH', 'Bäckerei Öhm, Inh. K. Öhm', 'Prüf-Stelle Nord'],
    cities: [
      ['Wien', 'Europe/Vienna'],
      ['Zürich', 'Europe/Zurich'],
      ['Köln', 'Europe/Berlin'],
    ],
    domains: ['beispiel.example', 'bäckerei-öhm.example'],
  },
  {
    language: 'uk',
    first: ['Олена', 'Тарас', 'Ганна', 'Богдан'],
    last: ['Шевченко', 'Коваленко', "Солов'яненко"],
    companies: ['ТОВ «Калина»', 'Друкарня, філія №2'],
    cities: [
      ['Київ', 'Europe/Kyiv'],
      ['Львів', 'Europe/Kyiv'],
    ],
    domains: ['kalyna.example', 'калина.example'],
  },
  {
    language: 'el',
    first: ['Ελένη', 'Γιώργος', 'Σοφία'],
    last: ['Παπαδοπούλου', 'Νικολαΐδης'],
    companies: ['Αφοί Παππά, Ο.Ε.', 'Βιβλιοπωλείο «Η Σελίς»'],
    cities: [
      ['Αθήνα', 'Europe/Athens'],
      ['Λευκωσία', 'Asia/Nicosia'],
    ],
    domains: ['selis.example'],
  },
  {
    language: 'ar',
    first: ['فاطمة', 'يوسف', 'ليلى'],
    last: ['الحسن', 'بن علي'],
    companies: ['شركة النخيل، المحدودة', 'مكتبة القاهرة'],
    cities: [
      ['القاهرة', 'Africa/Cairo'],
      ['دبي', 'Asia/Dubai'],
    ],
    domains: ['nakheel.example'],
  },
  {
    language: 'he',
    first: ['נועה', 'אורי', 'תמר'],
    last: ['לוי', 'בן־דוד'],
    companies: ['חברת "אלון", בע״מ'],
    cities: [['תל אביב', 'Asia/Jerusalem']],
    domains: ['alon.example'],
  },
  {
    language: 'zh',
    first: ['伟', '秀英', '子涵'],
    last: ['王', '歐陽', '李'],
    companies: ['山水有限公司', '明月書店，分店'],
    cities: [
      ['上海', 'Asia/Shanghai'],
      ['台北', 'Asia/Taipei'],
    ],
    domains: ['shanshui.example', '山水.example'],
  },
  {
    language: 'hi',
    first: ['आरव', 'अनन्या', 'प्रिया'],
    last: ['शर्मा', 'गुप्ता'],
    companies: ['गंगा प्रेस', 'शर्मा एंड संस, प्रा. लि.'],
    cities: [
      ['मुंबई', 'Asia/Kolkata'],
      ['काठमांडू', 'Asia/Kathmandu'],
    ],
    domains: ['ganga.example'],
  },
]

const NOTES = [
  '',
  '',
  '',
  'prefers the phone',
  'met at the fair, stand 12; "call in spring"',
  'first line\r\nsecond line, with a comma\r\n\r\nand a fourth',
  '🎉 ten years with us 🎂',
  'family: 👩‍👩‍👧‍👦, ★★★★☆',
  '=SUM(A1:A9)',
  '{{ first_name }} <b>is data, not a template</b>',
]

/** What some rows have instead of an address of their own. The numbers are rows. */
const UNREACHABLE = new Map([
  ...at([23, 187, 342, 519, 688, 873], () => ''),
  ...at([101, 777], () => '   '),
  [66, () => 'not-an-address'],
  [212, () => 'anna@@example.com'],
  [404, () => '@example.com'],
  [555, () => 'ben@'],
  [731, () => 'carla@exam ple.com'],
  [990, () => 'dora@-example.com'],
])
const DOMAIN_OF = new Map([
  ...at([40, 140, 240, 340, 440, 540, 640, 740], () => MOVED),
  ...at([75, 275, 475, 675], () => STRICT),
  ...at([30, 130, 230, 330, 430, 530, 630, 730, 830, 930], () => BUSY),
  ...at([55, 255, 455, 655, 855], () => SLOW),
])
/** Row → the row whose address it repeats, and how it was typed that time. */
const REPEATS = new Map([
  [90, [12, (email) => email.toUpperCase()]],
  [190, [13, (email) => `  ${email}`]],
  [290, [114, (email) => `${email} `]],
  [390, [215, (email) => email[0].toUpperCase() + email.slice(1)]],
  [490, [15, (email) => email.replace(/@(.*)/, (_, domain) => `@${domainToASCII(domain)}`)]],
  [590, [317, (email) => email.replace(/@.*/, (domain) => domain.toUpperCase())]],
  [690, [118, (email) => `\t${email.toUpperCase()} `]],
  [790, [519 + 1, (email) => email]],
  [890, [21, (email) => email.toUpperCase()]],
  [995, [994, (email) => email]],
])

const emails = []
const rows = Array.from({ length: ROWS }, (_, i) => row(i + 1))
const lines = [COLUMNS, ...rows].map((cells) => cells.map(quoted).join(','))
writeFileSync(new URL('recipients.csv', import.meta.url), `\ufeff${lines.join('\r\n')}\r\n`)

function row(number) {
  const place = PLACES[random() < 0.4 ? 0 : Math.floor(random() * PLACES.length)]
  const [city, zone] = pick(place.cities)
  const email = emailOf(number, place)
  emails[number] = email
  const isNameless = number % 97 === 0
  const names = isNameless ? ['', ''] : [pick(place.first), pick(place.last)]
  return [email, ...names, number % 5 === 0 ? '' : pick(place.companies), city, zone, place.language, pick(NOTES)]
}

function emailOf(number, place) {
  const special = UNREACHABLE.get(number)
  if (special !== undefined) return special()
  const [original, typed] = REPEATS.get(number) ?? []
  if (original !== undefined) return typed(emails[original])
  const domain = DOMAIN_OF.get(number)?.() ?? pick(place.domains)
  return `${pick(['person', 'office', 'hello', 'first.last'])}+${String(number).padStart(4, '0')}@${domain}`
}

/** As spreadsheets write it: quotes where there have to be some. */
function quoted(cell) {
  return /[",\r\n\t]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

function at(numbers, value) {
  return numbers.map((number) => [number, value])
}

function mulberry32(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
