import { expect, it, vi } from "vitest";
import { ApiProblem } from "@/api/client";
import { changeProblemsSaid, problemsSaid } from "./campaign-problems";

vi.hoisted(() => vi.stubGlobal("location", { origin: "https://belltower.example" }));

const problem = (pointer: string, code: string, detail: string) =>
  new ApiProblem({ code, detail, errors: [{ pointer, code, detail }] }, new Response(null, { status: 400 }));

it("says at the field what is wrong, in the form's words", () => {
  const tooLong = "welcome_message must have at most 3000 characters.";
  expect(problemsSaid(problem("/welcome_message", "too_long", tooLong))).toEqual([
    { field: "message", message: "The message must have at most 3000 characters." },
  ]);
  const past =
    "scheduled_time 2020-05-17T09:30:00Z is in the past (it is 2030-05-16T11:02:41Z). Send a time in the future.";
  expect(problemsSaid(problem("/scheduled_time", "scheduled_time_in_past", past))).toEqual([
    { field: "time", message: "That moment has passed. Choose a later one." },
  ]);
  expect(problemsSaid(problem("/timezone", "invalid_timezone", "timezone is not known."))[0]?.field).toBe(
    "zone",
  );
});

it("keeps what the API says of numbers", () => {
  const none =
    "None of the entries (1) is a number that can be rung. The first, '12' in line 1: it is too short. Send numbers such as +14155550123.";
  expect(problemsSaid(problem("/phone_numbers", "no_valid_number", none))).toEqual([
    { field: "numbers", message: none.replace("Send numbers", "Write numbers") },
  ]);
});

it("finds the fields of a list that is added to another", () => {
  const detail = "None of the entries (1) is a number that can be rung.";
  for (const way of ["add", "replace"]) {
    const wrong = problem(`/contacts/${way}/phone_numbers`, "no_valid_number", detail);
    expect(changeProblemsSaid(wrong)).toEqual([{ field: "numbers", message: detail }]);
    expect(changeProblemsSaid(problem(`/contacts/${way}/import_id`, "x", "?"))[0]?.field).toBe("file");
  }
  const gone = new ApiProblem({ code: "not_found", detail: "?" }, new Response(null, { status: 404 }));
  expect(changeProblemsSaid(gone)).toEqual([{ field: null, message: "Somebody has deleted this campaign." }]);
  expect(changeProblemsSaid(gone, true)[0]?.field).toBe("file");
});

it("says the rest for the whole", () => {
  const detail = "The wallet holds 4.00 USD; to call takes at least 10.00 USD. Top it up first.";
  const poor = new ApiProblem({ code: "insufficient_funds", detail }, new Response(null, { status: 402 }));
  expect(problemsSaid(poor)).toEqual([
    { field: null, message: "The wallet has too little for it. Top it up first." },
  ]);
  const gone = new ApiProblem({ code: "not_found", detail: "?" }, new Response(null, { status: 404 }));
  expect(problemsSaid(gone)[0]?.field).toBe("file");
  const over = new ApiProblem({ code: "unauthorised", detail: "?" }, new Response(null, { status: 401 }));
  expect(problemsSaid(over)[0]?.message).toContain("Sign in");
  expect(problemsSaid(new TypeError("x"))[0]?.message).toContain("nothing you typed is lost");
});
