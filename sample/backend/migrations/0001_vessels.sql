create table users (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  password_hash text not null,
  role text not null check (role in ('viewer', 'officer', 'admin')),
  tier text not null default 'standard' check (tier in ('standard', 'premium'))
);

create table vessels (
  imo integer primary key check (imo between 1000000 and 9999999),
  name text not null,
  class text not null check (class in ('cargo', 'tanker', 'passenger', 'tug'))
);

create table positions (
  imo integer not null references vessels,
  at timestamptz not null,
  latitude double precision not null check (latitude between -90 and 90),
  longitude double precision not null check (longitude between -180 and 180),
  speed_knots double precision not null check (speed_knots >= 0),
  primary key (imo, at)
);
