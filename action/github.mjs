// The few calls of GitHub's REST API that a comment needs.
import { setTimeout as sleep } from "node:timers/promises";

/**
 * @typedef {object} Comment
 * @property {number} id
 * @property {string} body
 * @property {string} html_url
 * @property {{ login: string } | null} user null where the account is gone
 */

/** Milliseconds before the first new try of what failed; doubled for each further one. */
const firstPause = 500;
const mostTries = 4;
/** Milliseconds that a whole step waits for rate limits. */
const patience = 120_000;
/** Milliseconds that one answer may take. */
const timeout = 30_000;

export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {number} status 0 where there was no answer
   */
  constructor(message, status) {
    super(message);
    this.status = status;
    /** Whether the server may have done what was asked. */
    this.unclear = status === 0 || status >= 500;
  }
}

export class GitHub {
  #api;
  #graphql;
  #token;
  #pause;
  #patience = patience;

  /**
   * @param {object} options
   * @param {string} options.apiUrl
   * @param {string} options.graphqlUrl
   * @param {string} options.token
   * @param {(milliseconds: number) => Promise<unknown>} [options.pause]
   */
  constructor({ apiUrl, graphqlUrl, token, pause = sleep }) {
    this.#api = apiUrl.replace(/\/+$/, "");
    this.#graphql = graphqlUrl;
    this.#token = token;
    this.#pause = pause;
  }

  /** Whose token this is. REST says it of people only, so GraphQL is asked. */
  async login() {
    const { body } = await this.#request("POST", this.#graphql, { query: "{ viewer { login } }" }, true);
    const login = /** @type {{ data?: { viewer?: { login?: string } } }} */ (body).data?.viewer?.login;
    if (login === undefined) throw new ApiError("GraphQL did not say whose token this is", 422);
    return login;
  }

  /**
   * Every comment of a pull request, oldest first.
   *
   * @param {string} repository owner/name
   * @param {number} number
   */
  async *comments(repository, number) {
    /** @type {string | undefined} */
    let url = `${this.#api}/repos/${repository}/issues/${number}/comments?per_page=100`;
    while (url !== undefined) {
      const { body, headers } = await this.#request("GET", url);
      yield* /** @type {Comment[]} */ (body);
      url = this.#next(headers.get("link") ?? "");
    }
  }

  /**
   * @param {string} repository
   * @param {number} number
   * @param {string} text
   */
  async create(repository, number, text) {
    const url = `${this.#api}/repos/${repository}/issues/${number}/comments`;
    // Not tried again after an unclear answer: that could make a second one.
    return /** @type {Comment} */ ((await this.#request("POST", url, { body: text })).body);
  }

  /**
   * @param {string} repository
   * @param {number} id
   * @param {string} text
   */
  async update(repository, id, text) {
    const url = `${this.#api}/repos/${repository}/issues/comments/${id}`;
    return /** @type {Comment} */ ((await this.#request("PATCH", url, { body: text })).body);
  }

  /**
   * @param {string} repository
   * @param {number} id
   */
  async remove(repository, id) {
    await this.#request("DELETE", `${this.#api}/repos/${repository}/issues/comments/${id}`);
  }

  /** The next page, on the same server: the token goes nowhere else. @param {string} link */
  #next(link) {
    const next = /<([^>]+)>\s*;\s*rel="next"/.exec(link)?.[1];
    if (next === undefined) return undefined;
    const url = new URL(next, this.#api);
    return url.origin === new URL(this.#api).origin ? url.href : undefined;
  }

  /**
   * @param {string} method
   * @param {string} url
   * @param {object} [content]
   * @param {boolean} [repeatable] whether doing it twice is doing it once
   * @returns {Promise<{ body: unknown, headers: Headers }>}
   */
  async #request(method, url, content, repeatable = method !== "POST") {
    for (let tries = 1; ; tries++) {
      const { response, body, message } = await this.#send(method, url, content);
      if (response?.ok) return { body, headers: response.headers };
      const error = new ApiError(message, response?.status ?? 0);
      const wait = response ? rateLimit(response, message) : undefined;
      if (wait !== undefined) {
        if (wait > this.#patience) throw new ApiError(`rate limit: ${message}`, error.status);
        this.#patience -= wait;
        await this.#pause(wait);
      } else if (error.unclear && repeatable && tries < mostTries) {
        await this.#pause(firstPause * 2 ** (tries - 1));
      } else throw error;
    }
  }

  /**
   * @param {string} method
   * @param {string} url
   * @param {object} [content]
   * @returns {Promise<{ response?: Response, body?: unknown, message: string }>}
   */
  async #send(method, url, content) {
    try {
      const response = await fetch(url, {
        method,
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${this.#token}`,
          "user-agent": "bulkhead",
          "x-github-api-version": "2022-11-28",
        },
        signal: AbortSignal.timeout(timeout),
        ...(content && { body: JSON.stringify(content) }),
      });
      const text = await response.text();
      const body = parsed(text);
      const said = /** @type {{ message?: unknown } | undefined} */ (body)?.message;
      return { response, body, message: `${response.status} ${typeof said === "string" ? said : text.slice(0, 200)}` };
    } catch (error) {
      const { message, cause } = /** @type {Error & { cause?: Error }} */ (error);
      return { message: cause?.message ?? message };
    }
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Milliseconds to wait where a limit was reached: as the answer says, else a minute, which GitHub asks for.
 *
 * @param {Response} response
 * @param {string} message
 */
function rateLimit({ status, headers }, message) {
  const after = Number(headers.get("retry-after") ?? Number.NaN);
  const spent = headers.get("x-ratelimit-remaining") === "0";
  const limited = status === 429 || (status === 403 && (after >= 0 || spent || /secondary rate limit/i.test(message)));
  if (!limited) return undefined;
  if (after >= 0) return after * 1000;
  const reset = Number(headers.get("x-ratelimit-reset") ?? Number.NaN) * 1000 - Date.now();
  return spent && reset >= 0 ? reset : 60_000;
}
