import type { AlertGroup } from "./alert.js";
import { application } from "./application.js";
import { edge } from "./edge.js";
import { kubernetes } from "./kubernetes.js";
import { mariadb } from "./mariadb.js";
import { maritime } from "./maritime.js";
import { meta } from "./meta.js";
import { postgres } from "./postgres.js";
import { redis } from "./redis.js";
import { security } from "./security.js";
import { system } from "./system.js";

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
