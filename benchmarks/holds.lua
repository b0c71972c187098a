-- The holds for wrk: pair number `start`, `start` + 1, ... of seats (benchmarks/holds_seed.py says which pair that is), or
-- the best pair of the same screenings, in turn.
local n, kind, screenings, first
local sent = {["Content-Type"] = "application/json"}

init = function(args)
  kind, n, screenings, first = args[1], tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
end

request = function()
  local screening = first + n % screenings
  local wish
  if kind == "best" then
    wish = '"best_available":{"count":2}'
  else
    local left = math.floor(n / screenings) * 2 + 1
    wish = '"seats":[{"label":"' .. left .. '"},{"label":"' .. left + 1 .. '"}]'
  end
  n = n + 1
  return wrk.format("POST", "/api/v1/holds", sent, '{"screening":' .. screening .. "," .. wish .. "}")
end
