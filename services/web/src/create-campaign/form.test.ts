import { describe, expect, it } from "vitest";
import { NEVER } from "@/words/repeat";
import {
  blankDraft,
  bodyOf,
  type Draft,
  draftSchema,
  draftSchemaWithCallerId,
  entriesOf,
  isSayable,
  previewOf,
  seriesBodyOf,
  thoughtOf,
} from "./form";

const NOW = Date.parse("2026-11-24T00:00:00Z");
const draft = (given: Partial<Draft> = {}): Draft => ({
  ...blankDraft(["de-CH"]),
  name: "Notice",
  message: "Hello.",
  numbers: "+12025550143",
  zone: "Asia/Kolkata",
  ...given,
});
const problems = (given: Partial<Draft>) =>
  draftSchema.safeParse(draft(given)).error?.issues.map(({ path }) => path[0]) ?? [];
const file = { id: "1", filename: "a.csv", size: 3, phoneColumn: null, columns: {} };

it("begins with the reader's language and country", () => {
  expect(blankDraft(["de-CH"])).toMatchObject({ language: "de-DE", country: "CH", when: "now" });
  expect(blankDraft(["xx", "hi-IN"])).toMatchObject({ language: "hi-IN", voice: "Polly.Aditi" });
});

describe("draftSchema", () => {
  it("takes what is complete", () => {
    expect(problems({})).toEqual([]);
    expect(problems({ source: "file", file, numbers: "" })).toEqual([]);
  });

  it("names every field that is wrong at once", () => {
    expect(problems({ name: " ", message: "", numbers: " , ", attempts: "0", when: "later" })).toEqual([
      "name",
      "message",
      "attempts",
      "numbers",
      "date",
    ]);
    expect(problems({ source: "file" })).toEqual(["file"]);
    expect(problems({ when: "later", date: "2020-01-01", time: "09:00" })).toEqual(["time"]);
    expect(problems({ concurrency: "1.5", retryDelay: "" })).toEqual(["concurrency", "retryDelay"]);
  });
});

it("wants a caller ID where the account has none", () => {
  const wrong = (callerId: string) =>
    draftSchemaWithCallerId.safeParse(draft({ callerId })).error?.issues.map(({ path }) => path[0]);
  expect(wrong(" ")).toEqual(["callerId"]);
  expect(wrong("+12025550100")).toBeUndefined();
  expect(bodyOf(draft({ callerId: " +12025550100 " })).caller_id).toBe("+12025550100");
  expect(bodyOf(draft({}))).not.toHaveProperty("caller_id");
});

describe("bodyOf", () => {
  it("sends wall time and zone", () => {
    expect(bodyOf(draft({ when: "later", date: "2026-11-25", time: "09:30" }))).toMatchObject({
      is_scheduled: true,
      scheduled_time: "2026-11-25T09:30",
      timezone: "Asia/Kolkata",
      retry_delay: 1800,
    });
  });

  it("leaves a time out that is not meant any more", () => {
    const body = bodyOf(draft({ when: "now", date: "2026-11-25", time: "09:30" }));
    expect(body).not.toHaveProperty("scheduled_time");
    expect(body.is_scheduled).toBe(false);
  });

  it("sends the file with its mapping, and not the numbers beside it", () => {
    const mapped = { ...file, phoneColumn: "Mobile", columns: { Vorname: "name", Notes: null } };
    const body = bodyOf(draft({ source: "file", file: mapped }));
    expect(body).toMatchObject({
      import_id: "1",
      phone_column: "Mobile",
      columns: { Vorname: "name", Notes: null },
    });
    expect(body).not.toHaveProperty("phone_numbers");
    expect(bodyOf(draft({ source: "file", file }))).not.toHaveProperty("columns");
  });
});

describe("a campaign that is repeated", () => {
  const daily = {
    when: "later",
    date: "2020-01-01",
    time: "09:30",
    repeat: { ...NEVER, kind: "daily" },
  } as const;

  it("may count from a day that has passed, and says what is missing of its rule", () => {
    expect(problems(daily)).toEqual([]);
    expect(problems({ ...daily, date: "" })).toEqual(["date"]);
    expect(problems({ ...daily, date: "2020-02-31" })).toEqual(["date"]);
    expect(problems({ ...daily, repeat: { ...daily.repeat, every: "x" } })).toEqual(["repeat"]);
    expect(problems({ ...daily, when: "now", repeat: { ...daily.repeat, every: "x" } })).toEqual([]);
  });

  it("is sent as a series", () => {
    const body = seriesBodyOf(draft(daily));
    expect(body).toMatchObject({
      name: "Notice",
      rule: { rrule: "FREQ=DAILY", starts: "2020-01-01T09:30", timezone: "Asia/Kolkata" },
      skip_if_running: true,
    });
    for (const name of ["is_scheduled", "scheduled_time", "timezone"]) expect(body).not.toHaveProperty(name);
    expect(seriesBodyOf(draft({ when: "later" }))).toBeNull();
  });
});

describe("thoughtOf", () => {
  it("asks about numbers before there is a message or a time", () => {
    const body = thoughtOf(draft({ message: "Hi {{na", when: "later" }), NOW);
    expect(body).toMatchObject({
      phone_numbers: "+12025550143",
      welcome_message: "Hello.",
      is_scheduled: false,
    });
    expect(body).not.toHaveProperty("name");
  });

  it("asks nothing about nobody", () => {
    expect(thoughtOf(draft({ numbers: "\n" }), NOW)).toBeNull();
    expect(thoughtOf(draft({ source: "file" }), NOW)).toBeNull();
  });
});

it("previews the file's own people, with their fields", () => {
  const ann = { phone: "+12025550143", name: "Ann", fields: { time: "10:00" } };
  expect(previewOf(draft({ source: "file", file }), [ann])?.contacts).toEqual([ann]);
  const wide = { ...ann, fields: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`f${n}`, "x"])) };
  expect(previewOf(draft({ source: "file", file }), [wide])).toMatchObject({ import_id: "1" });
});

it("knows a message that can be said", () => {
  expect(isSayable("Hello {{name}}")).toBe(true);
  expect(isSayable("{{name|friend}}")).toBe(true);
  expect(isSayable("{{name}}")).toBe(false);
  expect(isSayable("Hello {{name")).toBe(false);
});

it("separates numbers as the API does", () => {
  expect(entriesOf(" 1,2;\n3\r\n\n 4 5 ")).toEqual(["1", "2", "3", "4 5"]);
});
