import assert from "node:assert/strict";
import { images } from "../../components/images/catalogue";
import { Alertmanager } from "../../components/observability/alertmanager";
import { type Alert, type AlertGroup, hours, minutes } from "../../components/observability/alerts/alert";
import { checkGroups } from "../../components/observability/alerts/checkGroups";
import { alertGroups } from "../../components/observability/alerts/index";
import type { Receiver } from "../../components/observability/receivers";
import { unheard } from "../../config";
import { placement, refusal } from "../support/deploy";

const alert: Alert = {
  name: "BunkersLow",
  severity: "warning",
  owner: "fleet",
  forMinutes: 5,
  thresholds: { leftHours: hours(12) },
  expr: limit => `flowmarine_bunkers_left_seconds / 3600 < ${limit("leftHours")}`,
  summary: "{{ $labels.vessel }} is running out of fuel",
  description: '{{ $value | printf "%.0f" }} hours are left.',
  runbook: { meaning: "-", impact: "-", checks: ["-"], fix: ["-"] },
};
const bunkers = { type: "gauge", unit: "s", labels: ["vessel"], emitter: "app" } as const;
const group: AlertGroup = { name: "bunkers", alerts: [alert], metrics: { flowmarine_bunkers_left_seconds: bunkers } };
const check = (own: AlertGroup) => () => checkGroups([...alertGroups, own]);

describe("alerts of a system's own", () => {
  it("are taken when their metrics are declared", () => {
    assert.doesNotThrow(check(group));
  });

  const refused: [string, AlertGroup, RegExp][] = [
    [
      "a metric that nobody gives",
      { ...group, metrics: {} },
      /^alerts\.BunkersLow\.expr must read metrics of the catalogue .*, got flowmarine_bunkers_left_seconds$/,
    ],
    [
      "a recording of such a metric",
      {
        ...group,
        recordings: [{ record: "vessel:bunkers:min", expr: "min by (vessel) (flowmarine_bunkers_left_second)" }],
      },
      /^recordings\.vessel:bunkers:min\.expr must read .*, got flowmarine_bunkers_left_second$/,
    ],
    [
      "a threshold whose name says another unit",
      { ...group, alerts: [{ ...alert, thresholds: { leftHours: minutes(12) } }] },
      /^alerts\.BunkersLow\.thresholds\.leftHours must be named after its unit, minutes, got hours$/,
    ],
    [
      "a threshold whose name says no unit",
      { ...group, alerts: [{ ...alert, thresholds: { left: hours(12) }, expr: limit => `up < ${limit("left")}` }] },
      /^alerts\.BunkersLow\.thresholds\.left must be named after its unit, hours, got no unit in its name$/,
    ],
    [
      "a value that its unit cannot have",
      { ...group, alerts: [{ ...alert, thresholds: { leftHours: hours(9000) } }] },
      /^alerts\.BunkersLow\.thresholds\.leftHours must be above 0 and at most 720 \(hours\), got 9000$/,
    ],
    [
      "a threshold that it does not have",
      { ...group, alerts: [{ ...alert, thresholds: {} }] },
      /^alert BunkersLow has no threshold leftHours$/,
    ],
    [
      "the name of another alert",
      { ...group, alerts: [{ ...alert, name: "MemoryLow" }] },
      /^alerts must have names of their own, got MemoryLow twice$/,
    ],
    [
      "the name of another group",
      { ...group, name: "system" },
      /^alert groups must have names of their own, got system twice$/,
    ],
  ];
  for (const [title, own, message] of refused) {
    it(`are refused for ${title}`, () => {
      assert.throws(check(own), ({ message: said }: Error) => message.test(said));
    });
  }
});

describe("a receiver", () => {
  const said = (receiver: object, more: object = {}) =>
    refusal(
      o =>
        new Alertmanager(
          "alerts",
          {
            namespace: placement,
            images: images(),
            domains: new Set(["edge"]),
            ...more,
            receivers: [receiver as Receiver],
          },
          o,
        ),
    );
  const mail = {
    kind: "email",
    name: "mail",
    recipients: ["a@b.example"],
    sender: "c@d.example",
    mailServer: "mail.example",
    username: "alerts",
    password: "planted-secret",
  };

  const refused: [string, object, RegExp][] = [
    ["no password", { ...mail, password: "" }, /receivers\[0\]\.password must be given$/],
    ["no routing key", { kind: "pagerduty", name: "pd" }, /receivers\[0\]\.routingKey must be given$/],
    ["no recipient", { ...mail, recipients: [] }, /receivers\[0\]\.recipients must not be empty, got an empty list$/],
    [
      "two recipients in one",
      { ...mail, recipients: ["a@b.example, c@d.example"] },
      /receivers\[0\]\.recipients must be an e-mail/,
    ],
    [
      "a sender that is no address",
      { ...mail, sender: "me" },
      /receivers\[0\]\.sender must be an e-mail address .* got "me"$/,
    ],
    [
      "a mail server with its port",
      { ...mail, mailServer: "mail.example:25" },
      /receivers\[0\]\.mailServer must be a host name/,
    ],
    [
      "a kind that there is not",
      { ...mail, kind: "pigeon" },
      /receivers\[0\]\.kind must be one of slack, webhook, email, pagerduty, got "pigeon"$/,
    ],
    [
      "an owner that there is not",
      { ...mail, owners: ["nobody"] },
      /receivers\[0\]\.owners must be of platform, .*, got "nobody"$/,
    ],
    [
      "a domain that there is not",
      { ...mail, domains: ["egde"] },
      /receivers\[0\]\.domains must be of edge, got "egde"$/,
    ],
    [
      "hours of rest that there are not",
      { ...mail, muted: ["night"] },
      /receivers\[0\]\.muted must be of none, got "night"$/,
    ],
  ];
  for (const [title, receiver, message] of refused) {
    it(`is refused for ${title}, and its secret is not shown`, async () => {
      const text = await said(receiver);
      assert.match(text, message);
      assert.doesNotMatch(text, /planted-secret/);
    });
  }

  const times: [string, object, RegExp][] = [
    ["no days", { days: [] }, /muteTimes\[0\]\.days must not be empty/],
    [
      "an hour that no clock has",
      { from: "25:00" },
      /muteTimes\[0\] must be from HH:MM to a later HH:MM, at most 24:00, got "25:00 to 24:00"$/,
    ],
    ["an end before its start", { from: "22:00", to: "06:00" }, /muteTimes\[0\] must be from HH:MM to a later HH:MM/],
    [
      "a place that there is not",
      { timeZone: "Europe/Atlantis" },
      /muteTimes\[0\]\.timeZone must be one such as Europe\/Oslo, or UTC/,
    ],
  ];
  for (const [title, time, message] of times) {
    it(`may not rest for ${title}`, async () => {
      assert.match(await said(mail, { muteTimes: [{ name: "night", days: ["monday"], ...time }] }), message);
    });
  }
});

describe("a stack that nobody hears", () => {
  const observability = { slackChannel: "#alerts" } as Parameters<typeof unheard>[0]["observability"];

  it("says so: no webhook for its channel, and in production no dead man's switch", () => {
    const [slack = "", watchdog = "", ...more] = unheard({ environment: "production", observability }, {});
    assert.match(slack, /no alert goes to #alerts: its secret slackWebhookUrl is not set/);
    assert.match(watchdog, /the dead man's switch has no address .*flowmarine:watchdogUrl/);
    assert.deepEqual(more, []);
  });

  it("is silent where it is heard, and where nothing is promised", () => {
    const both = { slackWebhookUrl: "x", watchdogUrl: "y" };
    assert.deepEqual(unheard({ environment: "production", observability }, both), []);
    const none = {} as typeof observability;
    assert.deepEqual(unheard({ environment: "local", observability: none }, {}), []);
  });
});
