-- The purchases for wrk: seat number `start`, `start` + 1, ... (benchmarks/seed.py says which seat that is).
local n, year, month, day
local SCREENINGS, HALLS, USERS = 2000, 20, 1000

init = function(args)
  n = tonumber(args[1])
  year, month, day = args[2]:match("(%d+)-(%d+)-(%d+)")
end

request = function()
  local screening = n % SCREENINGS
  local user = n * 7919 % USERS + 1
  local moment = os.time{year = year, month = month, day = day, hour = 12} + 86400 * math.floor(screening / HALLS)
  local headers = {
    token = "token-" .. user,
    username = "user" .. user .. "@example.org",
    date = os.date("%Y-%m-%d", moment),
    title = "Film " .. (screening + 1),
    time = "18:00",
    number = tostring(math.floor(n / SCREENINGS) + 1),
  }
  n = n + 1
  return wrk.format("POST", "/buyTicket", headers)
end
