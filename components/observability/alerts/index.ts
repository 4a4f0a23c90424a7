import type { AlertGroup } from "./alert";
import { application } from "./application";
import { edge } from "./edge";
import { kubernetes } from "./kubernetes";
import { mariadb } from "./mariadb";
import { maritime } from "./maritime";
import { meta } from "./meta";
import { postgres } from "./postgres";
import { redis } from "./redis";
import { security } from "./security";
import { system } from "./system";

/** Every group but `availability`, which is made of the targets. tests/observability/alerts.test.ts compares it with the folder. */
export const alertGroups: readonly AlertGroup[] = [
  application,
  edge,
  kubernetes,
  mariadb,
  maritime,
  meta,
  postgres,
  redis,
  security,
  system,
];
