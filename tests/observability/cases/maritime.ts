import { always, type Case, counter, gauge } from "../support/ruleTests";

/** So old, all the time. */
const aged = (seconds: number) => (minute: number) => minute * 60 - seconds;
const position = (vesselClass: string) =>
  `flowmarine_vessel_position_timestamp_seconds{vessel="Aurora",vessel_class="${vesselClass}",provider="ais"}`;

/** Less than a week away when it is bad, a week when it is just not, and a month when all is well. */
const injectorDue = gauge(
  'flowmarine_critical_spare_deadline_timestamp_seconds{vessel="Aurora",part="injector"}',
  aged(-6.5 * 86_400),
  aged(-7 * 86_400),
  aged(-30 * 86_400),
);

export const maritimeCases: readonly Case[] = [
  {
    alert: "PositionFeedSilent",
    series: [
      counter('flowmarine_position_messages_total{provider="ais"}', 0, 1, 100),
      always('flowmarine_position_feed_connected{provider="ais",instance="a"}', 1),
      always('flowmarine_position_feed_connected{provider="ais",instance="b"}', 1),
      // A standby is not connected, and need not be.
      always('flowmarine_position_feed_connected{provider="ais",instance="c"}', 0),
    ],
    labels: { provider: "ais" },
    says: "It has sent no message for twenty minutes.",
    firesAfter: 19,
    quietAfter: 1,
  },
  {
    alert: "PositionFeedDown",
    series: [
      gauge('flowmarine_position_feed_connected{provider="ais",instance="a"}', 0, 1, 1),
      gauge('flowmarine_position_feed_connected{provider="ais",instance="b"}', 0, 0, 1),
    ],
    labels: { provider: "ais" },
    says: "It has been away for five minutes.",
  },
  {
    alert: "PositionStaleUnderWay",
    series: [gauge(position("under_way"), aged(3660), aged(3600), aged(60)), always(position("moored"), aged(3660))],
    labels: { vessel: "Aurora", vessel_class: "under_way", provider: "ais" },
    says: "Its last position is 61 minutes old.",
  },
  ...["moored", "laid_up"].map(vesselClass => ({
    alert: "PositionStaleMoored",
    series: [
      gauge(position(vesselClass), aged(13 * 3600), aged(12 * 3600), aged(60)),
      always(position("under_way"), aged(13 * 3600)),
    ],
    labels: { vessel: "Aurora", vessel_class: vesselClass, provider: "ais" },
    says: "Its last position is 13 hours old.",
  })),
  {
    alert: "SatelliteLinkFlapping",
    series: [
      gauge(
        'flowmarine_satellite_link_up{vessel="Aurora"}',
        (_, since) => Math.floor(since / 6) % 2,
        (_, since) => 1 - (Math.floor(since / 9) % 2),
        1,
      ),
    ],
    labels: { vessel: "Aurora" },
    says: "10 changes in an hour.",
    firesAfter: 42,
    quietAfter: 17,
    badMinutes: 90,
    afterMinutes: 70,
  },
  {
    alert: "SyncBacklogOld",
    series: [
      gauge(
        'flowmarine_sync_backlog_oldest_timestamp_seconds{vessel="Aurora"}',
        aged(6.55 * 3600),
        aged(6 * 3600),
        aged(60),
      ),
      always('flowmarine_satellite_link_up{vessel="Aurora"}', 1),
      // A vessel without a link cannot send: nothing is wrong with it.
      always('flowmarine_sync_backlog_oldest_timestamp_seconds{vessel="Borealis"}', aged(99 * 3600)),
      always('flowmarine_satellite_link_up{vessel="Borealis"}', 0),
    ],
    labels: { vessel: "Aurora" },
    says: "Its oldest record has waited 7 hours.",
  },
  {
    alert: "RequisitionsStuck",
    series: [
      gauge('flowmarine_requisition_oldest_age_seconds{stage="approval",instance="a"}', 25 * 3600, 24 * 3600, 60),
      always('flowmarine_requisition_oldest_age_seconds{stage="approval",instance="b"}', 3600),
    ],
    labels: { stage: "approval" },
    says: "The oldest has been there for 25 hours.",
  },
  {
    alert: "CriticalSpareLate",
    series: [
      injectorDue,
      always('flowmarine_critical_spare_delivered{vessel="Aurora",part="injector"}', 0),
      // The same part of another vessel, and another part of this one, help nobody.
      always('flowmarine_critical_spare_delivered{vessel="Borealis",part="injector"}', 1),
      always('flowmarine_critical_spare_delivered{vessel="Aurora",part="pump"}', 1),
      always('flowmarine_critical_spare_deadline_timestamp_seconds{vessel="Borealis",part="pump"}', aged(-86_400)),
      always('flowmarine_critical_spare_delivered{vessel="Borealis",part="pump"}', 1),
    ],
    labels: { vessel: "Aurora", part: "injector" },
    says: "6.5 days are left until it is needed, and it is not delivered.",
  },
  {
    // Days after the beginning of time, when a deadline is no longer as good as how far away it is.
    alert: "CriticalSpareLate",
    series: [injectorDue],
    labels: { vessel: "Aurora", part: "injector" },
    says: "6.5 days are left until it is needed, and it is not delivered.",
    beforeMinutes: 4320,
    badMinutes: 600,
    afterMinutes: 600,
    stepMinutes: 60,
  },
  {
    alert: "CurrencyRatesStale",
    series: [
      gauge('flowmarine_currency_rates_timestamp_seconds{base="USD"}', aged(27 * 3600), aged(26 * 3600), aged(60)),
      always('flowmarine_currency_rates_timestamp_seconds{base="XAU"}', aged(99 * 3600)),
    ],
    labels: {},
    says: "They are 27 hours old.",
  },
  {
    alert: "WeatherStale",
    series: [
      gauge('flowmarine_weather_forecast_timestamp_seconds{provider="a"}', aged(8.5 * 3600), aged(8 * 3600), aged(60)),
      always('flowmarine_weather_forecast_timestamp_seconds{provider="b"}', aged(99 * 3600)),
    ],
    labels: {},
    says: "It is 8 hours old: one alarm for the whole fleet.",
  },
];
