interface Tokens {
  accessToken: string;
  refreshToken: string;
}

const json = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** Who is signed in. Tokens live in memory only: a script that gets into the page finds none in storage. */
export class Session {
  private tokens: Tokens | undefined;
  private renewing: Promise<boolean> | undefined;

  get accessToken(): string | undefined {
    return this.tokens?.accessToken;
  }

  /** @returns the answer's status */
  async signIn(credentials: unknown): Promise<number> {
    const response = await fetch("/api/auth/login", json(credentials));
    if (response.ok) this.tokens = (await response.json()) as Tokens;
    return response.status;
  }

  /** With the access token; renewed once when it has expired. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const ask = () =>
      fetch(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${this.accessToken ?? ""}` } });
    const response = await ask();
    return response.status === 401 && (await this.renew()) ? ask() : response;
  }

  /**
   * A refresh token works once, so all who need a new one share one attempt.
   *
   * @returns whether the user is still signed in; an edge or a network that fails for a moment ends no session
   */
  renew(): Promise<boolean> {
    this.renewing ??= this.trade().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  async signOut(): Promise<void> {
    const { refreshToken } = this.tokens ?? {};
    this.tokens = undefined;
    if (refreshToken !== undefined) await fetch("/api/auth/logout", json({ refreshToken }));
  }

  private async trade(): Promise<boolean> {
    if (this.tokens === undefined) return false;
    const response = await fetch("/api/auth/refresh", json({ refreshToken: this.tokens.refreshToken })).catch(
      () => undefined,
    );
    if (response?.ok) this.tokens = (await response.json()) as Tokens;
    else if (response?.status === 401) this.tokens = undefined;
    return this.tokens !== undefined;
  }
}
