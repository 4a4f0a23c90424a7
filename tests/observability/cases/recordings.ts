import { application } from "../../../components/observability/alerts/application";
import type { RuleTestFile } from "../support/ruleTests";

const units: Record<string, number> = { m: 1, h: 60, d: 1440 };
const minutesOf = (window: string): number => Number(window.slice(0, -1)) * (units[window.at(-1) ?? ""] ?? Number.NaN);

const series = (route: string, status: string, method: string) =>
  `http_server_request_duration_seconds_count{job="api",http_route="${route}",http_request_method="${method}",http_response_status_code="${status}"}`;

/**
 * promtool's test of each recorded share. A window is ten readings long; after 20 of them without errors, 40 of 600 requests fail. Five readings
 * later, half of what the window holds (5 of the 9 steps between its readings) is bad.
 */
export function recordingTests(rulesFile: string): { record: string; test: RuleTestFile }[] {
  return (application.recordings ?? []).map(({ record }) => {
    const step = (minutesOf(/share(\w+)$/.exec(record)?.[1] ?? "") * 60) / 10;
    const input = (is: string, good: number, bad: number) => ({
      series: is,
      // A counter that starts at nothing would be taken for younger than the window.
      values: `9999+${good}x20 ${9999 + 20 * good + bad}+${bad}x9`,
    });
    return {
      record,
      test: {
        rule_files: [rulesFile],
        evaluation_interval: `${step}s`,
        tests: [
          {
            name: record,
            alert_rule_test: [],
            interval: `${step}s`,
            input_series: [
              input(series("/orders", "500", "GET"), 0, 10),
              input(series("/orders", "503", "POST"), 0, 30),
              // Six times as many: what fails and what there is each have a window.
              input(series("/orders", "200", "GET"), 100, 560),
              input(series("/quiet", "200", "GET"), 10, 10),
              input(series("/quiet", "404", "GET"), 10, 10),
            ],
            promql_expr_test: [
              {
                expr: `round(${record}, 0.000001)`,
                eval_time: `${step * 25}s`,
                exp_samples: [
                  { labels: '{job="api",http_route="/orders"}', value: 0.058824 },
                  { labels: '{job="api",http_route="/quiet"}', value: 0 },
                ],
              },
            ],
          },
        ],
      },
    };
  });
}
