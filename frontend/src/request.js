// Talk to the site's API. Whatever goes wrong becomes a Problem with a sentence that can be shown.

const OFFLINE = "The site can't be reached. What you see stays; it goes on by itself when the connection is back.";

export class Problem extends Error {
  constructor(message, { status = 0, faults = [], requestId = "" } = {}) {
    super(message);
    this.status = status;
    this.faults = faults;
    this.requestId = requestId;
  }

  get offline() {
    return this.status === 0;
  }
}

const cookie = (name) =>
  document.cookie
    .split("; ")
    .find((row) => row.startsWith(`${name}=`))
    ?.slice(name.length + 1);

export function csrfToken() {
  return cookie("csrftoken") || document.querySelector('meta[name="csrf-token"]')?.content || "";
}

// Returns { data, etag, unchanged }; throws Problem, or AbortError where the signal was used.
export async function send(url, { method = "GET", body, headers = {}, signal } = {}) {
  const unsafe = method !== "GET";
  let response;
  try {
    response = await fetch(url, {
      method,
      signal,
      credentials: "same-origin",
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(unsafe ? { "X-CSRFToken": csrfToken() } : {}),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(OFFLINE);
  }
  const etag = response.headers.get("ETag");
  if (response.status === 304) return { data: null, etag, unchanged: true };
  const data = await response.json().catch(() => null);
  if (response.ok) return { data, etag, unchanged: false };
  throw new Problem(data?.detail || `The site answered ${response.status}. Nothing was changed; try again.`, {
    status: response.status,
    faults: data?.faults ?? [],
    requestId: data?.request_id ?? "",
  });
}
