"""The k6 scripts of the demo cloud's tests, written out with each test's own options."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from string import Template
from typing import Any

from k6desk.demo.catalogue import Flow, LoadTestDraft, Shape

_IMPORTS: Mapping[Flow, str] = {
    "ramp": "import http from 'k6/http';\nimport { check, group, sleep } from 'k6';",
    "shop": "import http from 'k6/http';\nimport { check, group, sleep } from 'k6';",
    "search": "import http from 'k6/http';\nimport { check, sleep } from 'k6';\nimport { Trend } from 'k6/metrics';",
    "login": "import http from 'k6/http';\nimport { check, fail, sleep } from 'k6';",
    "payments": "import http from 'k6/http';\nimport { check, sleep } from 'k6';"
    "\nimport { Counter } from 'k6/metrics';",
    "browser": "import { browser } from 'k6/browser';\nimport http from 'k6/http';\nimport { check, sleep } from 'k6';",
    "stream": "import http from 'k6/http';\nimport ws from 'k6/ws';\nimport { check } from 'k6';"
    "\nimport { Counter } from 'k6/metrics';\nimport { Faker } from 'k6/x/faker';",
}

_BODIES: Mapping[Flow, str] = {
    "ramp": """
export default function () {
  group('browse', () => {
    const catalogue = http.get(`${BASE_URL}/catalogue`, { tags: { name: 'GET /catalogue' } });
    check(catalogue, {
      'status is 200': (answer) => answer.status === 200,
      'body is not empty': (answer) => answer.body.length > 0,
    });
  });
  sleep($pause);

  group('checkout', () => {
    const cart = http.get(`${BASE_URL}/cart`, { tags: { name: 'GET /cart' } });
    check(cart, { 'cart is 200': (answer) => answer.status === 200 });
  });
  sleep(0.8);
}
""",
    "shop": """
const doughs = ['thin', 'classic', 'sourdough', 'gluten free'];

export function setup() {
  const answer = http.get(`${BASE_URL}/api/menu`);
  check(answer, { 'menu is there': (menu) => menu.status === 200 });
  return { pizzas: answer.json('pizzas') };
}

export default function ({ pizzas }) {
  group('look around', () => {
    http.get(`${BASE_URL}/`, { tags: { name: 'GET /' } });
    const pizza = pizzas[Math.floor(Math.random() * pizzas.length)];
    const page = http.get(`${BASE_URL}/api/pizza/${pizza.id}`, { tags: { name: 'GET /api/pizza/:id' } });
    check(page, { 'pizza has a price': (answer) => answer.json('price') > 0 });
  });
  sleep($pause);

  group('fill the basket', () => {
    const order = { dough: doughs[__ITER % doughs.length], size: 32, extras: ['basil', 'capers'] };
    const basket = http.post(`${BASE_URL}/api/basket`, JSON.stringify(order), {
      headers: { 'Content-Type': 'application/json' },
      tags: { name: 'POST /api/basket' },
    });
    check(basket, {
      'basket is 201': (answer) => answer.status === 201,
      'basket has one pizza': (answer) => answer.json('items.#') === 1,
    });
  });
  sleep(Math.random() * 2);
}
""",
    "search": """
const terms = ['margherita', 'no onions', 'spicy salami', 'vegan', 'quattro formaggi', 'für Kinder', 'きのこ'];
const hits = new Trend('search_hits');

export default function () {
  const term = terms[(__VU + __ITER) % terms.length];
  const found = http.get(`${BASE_URL}/api/search?q=${encodeURIComponent(term)}&limit=20`, {
    tags: { name: 'GET /api/search' },
  });
  const ok = check(found, {
    'status is 200': (answer) => answer.status === 200,
    'answered from an index': (answer) => answer.headers['X-Index-Generation'] !== undefined,
  });
  if (ok) {
    hits.add(found.json('total'));
  }

  // People type on: every letter asks for suggestions.
  for (let letters = 2; letters <= Math.min(term.length, 5); letters += 1) {
    http.get(`${BASE_URL}/api/suggest?q=${encodeURIComponent(term.slice(0, letters))}`, {
      tags: { name: 'GET /api/suggest' },
    });
  }
  sleep($pause);
}
""",
    "login": """
const headers = { 'Content-Type': 'application/json' };

export default function () {
  const user = { username: `customer-${__VU}@example.com`, password: `pizza-${__VU}` };
  const session = http.post(`${BASE_URL}/api/login`, JSON.stringify(user), { headers, tags: { name: 'login' } });
  if (!check(session, { 'logged in': (answer) => answer.status === 200 && answer.json('token') !== '' })) {
    fail(`no session for VU ${__VU}: ${session.status}`);
  }

  const profile = http.get(`${BASE_URL}/api/profile`, {
    headers: { Authorization: `Bearer ${session.json('token')}` },
    tags: { name: 'profile' },
  });
  check(profile, { 'profile is mine': (answer) => answer.json('username') === user.username });
  sleep($pause);
}
""",
    "payments": """
const declined = new Counter('payments_declined');
const cards = ['4242 4242 4242 4242', '4000 0000 0000 0002', '5555 5555 5555 4444'];

export default function () {
  const payment = {
    order: `${__VU}-${__ITER}`,
    amount: { value: 1890, currency: 'EUR' },
    card: cards[__ITER % cards.length],
  };
  const answer = http.post(`${BASE_URL}/api/payments`, JSON.stringify(payment), {
    headers: {
      'Content-Type': 'application/json',
      'Idempotency-Key': payment.order,
      'X-Api-Key': __ENV.API_KEY || 'none',
    },
    tags: { name: 'POST /api/payments' },
    responseCallback: http.expectedStatuses(201, 402),
  });
  check(answer, {
    'accepted or declined': (reply) => reply.status === 201 || reply.status === 402,
    'has a receipt': (reply) => reply.status === 402 || reply.json('receipt.id') !== undefined,
  });
  if (answer.status === 402) {
    declined.add(1);
  }
  sleep($pause);
}
""",
    "browser": """
export async function ui() {
  const page = await browser.newPage();
  try {
    await page.goto(`${BASE_URL}/`);
    await page.locator('button[name="pizza-please"]').click();
    await page.waitForSelector('#recommendation');
    const title = await page.locator('#recommendation h2').textContent();
    check(title, { 'a pizza is recommended': (text) => text.length > 0 });
    await page.locator('button[name="order"]').click();
    await page.screenshot({ path: `screenshots/order-${__VU}.png` });
  } finally {
    await page.close();
  }
  sleep($pause);
}

export function api() {
  const queue = http.get(`${BASE_URL}/api/kitchen/queue`, { tags: { name: 'GET /api/kitchen/queue' } });
  check(queue, { 'kitchen answers': (answer) => answer.status === 200 });
  sleep(1);
}
""",
    "stream": """
const updates = new Counter('position_updates');
const faker = new Faker(11);

export default function () {
  const courier = `/api/couriers/${(__VU % 400) + 1}`;
  const known = http.get(BASE_URL + courier, { tags: { name: 'GET /api/couriers/:id' } });
  check(known, { 'courier is known': (reply) => reply.status === 200 });

  const url = BASE_URL.replace('http', 'ws') + courier + '/positions';
  const answer = ws.connect(url, { tags: { name: 'courier positions' } }, (socket) => {
    socket.on('open', () => socket.send(JSON.stringify({ subscribe: 'positions', as: faker.person.firstName() })));
    socket.on('message', (message) => {
      updates.add(1);
      check(JSON.parse(message), { 'has coordinates': (update) => update.lat && update.lon });
    });
    socket.setInterval(() => socket.ping(), 10000);
    socket.setTimeout(() => socket.close(), $pause * 30000);
  });
  check(answer, { 'switched protocols': (reply) => reply && reply.status === 101 });
}
""",
}

_MODULES = """import { SharedArray } from 'k6/data';
import { randomItem } from 'https://jslib.k6.io/k6-utils/1.4.0/index.js';
import { isFast } from './lib/checks.js';"""

_MODULES_DATA = """
const users = new SharedArray('users', () => open('./data/users.csv').trim().split('\\n').slice(1));
"""

_MODULES_USE = """
  const [customer] = randomItem(users).split(',');
  isFast(http.get(`${BASE_URL}/api/greeting?name=${encodeURIComponent(customer)}`, { tags: { name: 'greeting' } }));
"""

_MAIN = re.compile(r"^export default function .*$", re.MULTILINE)

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)


def script_text(draft: LoadTestDraft, options: Mapping[str, Any], revision: int) -> str:
    """The entry script of a test; revisions differ in the time the users think."""
    with_modules = draft.shape == "archive with modules"
    imports = [_IMPORTS[draft.flow], *([_MODULES] if with_modules else [])]
    base = "__ENV.BASE_URL || 'https://quickpizza.example.com'" if _reads_env(draft.shape) else None
    body = Template(_BODIES[draft.flow]).safe_substitute(pause="1.5" if revision == 1 else "0.6")
    if with_modules:
        body = _MAIN.sub(lambda line: line[0] + _MODULES_USE.rstrip(), body)
    return "\n".join(
        [
            f"// {draft.name}",
            *imports,
            "",
            f"const BASE_URL = {base or repr('https://quickpizza.example.com')};",
            "",
            f"export const options = {literal(_with_exec(options))};",
            *([_MODULES_DATA.rstrip()] if with_modules else []),
            body.rstrip(),
            "",
        ]
    )


def literal(value: object, indent: str = "") -> str:
    """A JSON-like value as a JavaScript literal, on one line while it is short."""
    if isinstance(value, Mapping):
        parts = [f"{_key(name)}: {literal(item, indent + '  ')}" for name, item in value.items()]
        opening, closing, gap = "{", "}", " "
    elif isinstance(value, list | tuple):
        parts = [literal(item, indent + "  ") for item in value]
        opening, closing, gap = "[", "]", ""
    elif isinstance(value, str):
        return "'" + json.dumps(value, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"
    else:
        return json.dumps(value)
    line = gap + ", ".join(parts) + gap if parts else ""
    if "\n" not in line and len(indent) + len(line) < 60:
        return f"{opening}{line}{closing}"
    return opening + "".join(f"\n{indent}  {part}," for part in parts) + f"\n{indent}{closing}"


def _key(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else literal(name)


def _reads_env(shape: Shape) -> bool:
    return shape == "archive with variables"


def _with_exec(options: Mapping[str, Any]) -> dict[str, Any]:
    scenarios = options.get("scenarios")
    if not scenarios or "ui" not in scenarios:
        return dict(options)
    return {**options, "scenarios": {name: {**scenario, "exec": name} for name, scenario in scenarios.items()}}
