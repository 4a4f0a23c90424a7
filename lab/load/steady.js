// Steady load from outside, for k6: requests arrive at a constant rate, whether or not earlier ones were answered. Settings are environment
// variables: HOST, ADDRESS (where it is, with port), TOKEN, RATE (requests a second), SECONDS, MIX (a name below), SUMMARY (file).
import http from "k6/http";
import { Counter } from "k6/metrics";

const { HOST, ADDRESS, TOKEN, RATE, SECONDS, MIX, SUMMARY } = __ENV;

export const options = {
  hosts: { [`${HOST}:443`]: ADDRESS },
  scenarios: {
    steady: {
      executor: "constant-arrival-rate",
      rate: Number(RATE),
      timeUnit: "1s",
      duration: `${SECONDS}s`,
      // One is busy until it is answered, and to make another takes k6 longer than the next request may wait.
      preAllocatedVUs: 60,
      maxVUs: 200,
      gracefulStop: "30s",
    },
  },
  discardResponseBodies: true,
  summaryTrendStats: ["med", "p(99)", "max"],
};

const unexpected = new Counter("unexpected");
const authorization = `Bearer ${TOKEN}`;
const get = path => () => http.get(`https://${HOST}${path}`, { headers: { authorization }, timeout: "20s" });
const put = () =>
  http.put(`https://${HOST}/api/vessels/9074729/link`, JSON.stringify({ up: true }), {
    headers: { authorization, "content-type": "application/json" },
    timeout: "20s",
  });

const mixes = {
  // What browsers and ships do: pages, reads, and a write among five.
  users: [get("/"), get("/api/vessels"), get("/api/health"), put, get("/")],
  // The API, which is asked twice for each: by the edge, who it is, and then what was asked.
  api: [get("/api/vessels")],
};

export default function () {
  const mix = mixes[MIX];
  const answer = mix[(__ITER + __VU) % mix.length]();
  if (answer.status >= 200 && answer.status < 300) return;
  unexpected.add(1);
  // Of an error only what tells its kind: addresses and ports would make each another one.
  console.error(
    `failed: ${answer.request.method} ${answer.url} ${answer.status} ${answer.error.replace(/[\d.]+:\d+/g, "…")}`,
  );
}

export function handleSummary({ metrics }) {
  return { [SUMMARY]: JSON.stringify(metrics) };
}
