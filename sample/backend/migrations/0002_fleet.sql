-- Whether a vessel is under way decides how long its silence is normal.
alter table vessels add column state text not null default 'under_way' check (state in ('under_way', 'moored', 'laid_up'));
alter table positions add column provider text not null default 'direct';

-- A vessel's link to shore, and the oldest record that it has stored and not yet sent.
create table links (
  imo integer primary key references vessels,
  up boolean not null,
  backlog_oldest timestamptz
);

-- Given once per reference, however often a client sends it: one that got no answer may ask again.
create table requisitions (
  id bigint generated always as identity primary key,
  reference text not null,
  requested_by uuid not null references users,
  imo integer not null references vessels,
  part text not null,
  quantity integer not null check (quantity between 1 and 10000),
  -- Set for a part without which the vessel may not sail.
  needed_by timestamptz,
  stage text not null default 'requested' check (stage in ('requested', 'quoted', 'ordered', 'delivered')),
  stage_since timestamptz not null default now(),
  price_usd numeric(12, 2),
  unique (requested_by, reference)
);
create index requisitions_open on requisitions (stage, stage_since) where stage <> 'delivered';

create table documents (
  id uuid primary key default gen_random_uuid(),
  owner uuid not null references users,
  name text not null,
  type text not null check (type in ('application/pdf', 'image/jpeg', 'image/png')),
  content bytea not null check (octet_length(content) between 1 and 524288),
  at timestamptz not null default now()
);
create index documents_by_owner on documents (owner, at desc);

-- When each outside source was last read: currency rates by base, weather by provider.
create table imports (
  kind text not null check (kind in ('rates', 'weather')),
  source text not null,
  at timestamptz not null,
  content jsonb not null,
  primary key (kind, source)
);
