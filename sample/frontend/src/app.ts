import { Fleet } from "./fleet";
import { Session } from "./session";

interface Document {
  id: string;
  name: string;
  bytes: number;
}

const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const login = element<HTMLFormElement>("login");
const upload = element<HTMLFormElement>("upload");
const state = element("state");
const session = new Session();
const fleet = new Fleet(element("vessels"));
let socket: WebSocket | undefined;

/** Between two attempts to connect: spread out, because all browsers lose a replica at once. */
const againMillis = () => 1000 + Math.random() * 2000;

function listen(): void {
  if (session.accessToken === undefined) return;
  const opened = new WebSocket(`wss://${location.host}/ws`, ["bearer", session.accessToken]);
  socket = opened;
  opened.onopen = () => (state.textContent = "live");
  opened.onmessage = ({ data }) => fleet.move(JSON.parse(data as string));
  opened.onclose = () => {
    if (socket !== opened) return;
    state.textContent = "connecting";
    setTimeout(() => {
      if (socket === opened) void session.renew().then(signedIn => (signedIn ? listen() : show(false)));
    }, againMillis());
  };
}

function show(signedIn: boolean): void {
  login.hidden = signedIn;
  element("signed-in").hidden = !signedIn;
  if (signedIn) return;
  const open = socket;
  socket = undefined;
  open?.close();
  fleet.clear();
  element("documents").replaceChildren();
  element("uploaded").textContent = "";
  state.textContent = "signed out";
  element("name").focus();
}

async function listDocuments(): Promise<void> {
  const response = await session.fetch("/api/documents");
  if (!response.ok) return;
  const items = ((await response.json()) as Document[]).map(({ id, name, bytes }) => {
    const item = document.createElement("li");
    item.textContent = `${name} (${Math.ceil(bytes / 1024)} KiB) `;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "Delete";
    remove.setAttribute("aria-label", `Delete ${name}`);
    remove.addEventListener("click", async () => {
      await session.fetch(`/api/documents/${id}`, { method: "DELETE" });
      await listDocuments();
      element("file").focus();
    });
    item.append(remove);
    return item;
  });
  element("documents").replaceChildren(...items);
}

const faults: Record<number, string> = {
  400: "That does not work: the file's name, perhaps.",
  401: "Wrong name or password.",
  403: "Your role may not do that.",
  409: "You have too many documents.",
  413: "That is too large.",
  415: "That is no PDF, JPEG or PNG.",
  429: "Too many attempts; wait a minute.",
};
const faultOf = (status: number) => faults[status] ?? "That did not work; try again.";

login.addEventListener("submit", async event => {
  event.preventDefault();
  const status = await session.signIn(Object.fromEntries(new FormData(login)));
  element("fault").textContent = status === 200 ? "" : faultOf(status);
  if (status !== 200) return;
  login.reset();
  const list = await session.fetch("/api/vessels");
  if (list.ok) fleet.show(await list.json());
  show(true);
  element("logout").focus();
  listen();
  await listDocuments();
});

upload.addEventListener("submit", async event => {
  event.preventDefault();
  const file = element<HTMLInputElement>("file").files?.[0];
  if (file === undefined) return;
  const response = await session.fetch(`/api/documents?name=${encodeURIComponent(file.name)}`, {
    method: "POST",
    headers: { "content-type": file.type },
    body: file,
  });
  element("uploaded").textContent = response.ok ? `Uploaded ${file.name}.` : faultOf(response.status);
  if (!response.ok) return;
  upload.reset();
  await listDocuments();
});

element("logout").addEventListener("click", async () => {
  const signedOut = session.signOut();
  show(false);
  await signedOut;
});
