-- wrk script: cycles through the requests of a file, so that many clients are hot. Each line is "Authorization value".
-- LOAD_METHOD, LOAD_BODY and LOAD_AUTH_FILE come from the environment.
local prepared = {}
local index = 0

function init()
  local method = os.getenv("LOAD_METHOD") or "GET"
  local body = os.getenv("LOAD_BODY")
  local file = os.getenv("LOAD_AUTH_FILE")
  local headers = {}
  if body then headers["Content-Type"] = "application/x-www-form-urlencoded" end
  if file then
    for line in io.lines(file) do
      headers["Authorization"] = line
      prepared[#prepared + 1] = wrk.format(method, nil, headers, body)
    end
  else
    prepared[1] = wrk.format(method, nil, headers, body)
  end
end

function request()
  index = index + 1
  if index > #prepared then index = 1 end
  return prepared[index]
end

function done(summary, latency, requests)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status +
    summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %f %f\n", summary.requests, summary.duration, bad,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
