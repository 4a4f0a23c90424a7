import { type AlertGroup, count } from "../alerts/alert";
import { counted } from "./logQl";

const errors = ['error_fingerprint!=""'];
const known = ["service_name", "error_fingerprint"];

/** Minutes that are looked at, and how often: each error is seen, once or twice. */
const windowMinutes = 15;
const everyMinutes = 10;
const dayMinutes = 1440;

/** Errors that programs log, told apart by what stays the same when they happen again. */
export const errorLogs: AlertGroup = {
  name: "error-logs",
  language: "logql",
  // It reads a day of logs: not each minute.
  intervalMinutes: everyMinutes,
  alerts: [
    {
      name: "NewError",
      severity: "info",
      owner: "backend",
      forMinutes: 0,
      thresholds: { times: count(1) },
      expr: limit =>
        `${counted([...known, "error_message"], errors, windowMinutes)} >= ${limit("times")}` +
        ` unless on (${known.join(", ")}) ${counted(known, errors, dayMinutes, ` offset ${windowMinutes}m`)}`,
      summary: "{{ $labels.service_name }} has an error that was not there in the last 24 hours",
      description: '{{ $value | printf "%.0f" }} times in a quarter of an hour: {{ $labels.error_message }}',
      runbook: {
        meaning: "A program logged an error, or a stack, of a kind that it has not logged for a day.",
        impact: "Depends on the error; after a release it is usually the release.",
        checks: [
          '{service_name="PROGRAM"} | error_fingerprint="FINGERPRINT": the whole record, with its stack and request id',
          "A release or a change of settings since yesterday?",
        ],
        fix: ["Roll the release back, or repair it"],
      },
    },
    {
      name: "ErrorsRepeat",
      severity: "warning",
      owner: "backend",
      forMinutes: 0,
      thresholds: { times: count(100) },
      expr: limit => `${counted([...known, "error_message"], errors, windowMinutes)} >= ${limit("times")}`,
      summary: "{{ $labels.service_name }} logs one error again and again",
      description: '{{ $value | printf "%.0f" }} times in a quarter of an hour: {{ $labels.error_message }}',
      runbook: {
        meaning: "The same error happens all the time.",
        impact: "Some requests or jobs fail.",
        checks: ['{service_name="PROGRAM"} | error_fingerprint="FINGERPRINT": since when, which requests'],
        fix: ["Repair what it names: a dependency that is away, or the last release"],
      },
    },
  ],
};
