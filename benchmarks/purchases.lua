-- The purchases for wrk: seat number `start`, `start` + 1, ... of a house (benchmarks/seed.py says which seat that is).
local n, year, month, day, screenings, halls, films, seats
local USERS = 1000
local times = {}

init = function(args)
  n = tonumber(args[1])
  year, month, day = args[2]:match("(%d+)-(%d+)-(%d+)")
  screenings, halls, films = tonumber(args[3]), tonumber(args[4]), tonumber(args[5])
  for time in args[6]:gmatch("[^,]+") do
    times[#times + 1] = time
  end
  seats = tonumber(args[7])
end

request = function()
  local screening, seat = n % screenings, math.floor(n / screenings) + 1
  if seats > 0 then
    -- One screening after the other.
    screening, seat = math.floor(n / seats), n % seats + 1
  end
  local slot = math.floor(screening / halls)
  local user = n * 7919 % USERS + 1
  local moment = os.time{year = year, month = month, day = day, hour = 12} + 86400 * math.floor(slot / #times)
  local headers = {
    token = "token-" .. user,
    username = "user" .. user .. "@example.org",
    date = os.date("%Y-%m-%d", moment),
    title = "Film " .. (screening % films + 1),
    time = times[slot % #times + 1],
    number = tostring(seat),
  }
  n = n + 1
  return wrk.format("POST", "/buyTicket", headers)
end
