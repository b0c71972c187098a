-- The purchases of benchmarks/growth_purchases.py for wrk: seat number `start`, `start` + 1, ... of what is free of charge.
local SCREENINGS, HALLS, FREE_HALLS, USERS, SOLD = 560, 8, 4, 1000, 4
local HOURS = {11, 14, 17, 20, 22}
local n, year, month, day, films

init = function(args)
  n = tonumber(args[1])
  year, month, day = args[2]:match("(%d+)-(%d+)-(%d+)")
  films = tonumber(args[3])
end

request = function()
  local screening = n % SCREENINGS
  local hall = FREE_HALLS + screening % FREE_HALLS
  local slot = math.floor(screening / FREE_HALLS)
  local later = math.floor(slot / #HOURS)
  local user = n * 7919 % USERS + 1
  local headers = {
    token = "token-" .. user,
    username = "user" .. user .. "@example.org",
    date = os.date("%Y-%m-%d", os.time{year = year, month = month, day = day, hour = 12} + 86400 * later),
    title = "A film of number " .. ((slot * HALLS + hall) % films + 1),
    time = HOURS[slot % #HOURS + 1] .. ":00",
    number = tostring(SOLD + 1 + math.floor(n / SCREENINGS)),
  }
  n = n + 1
  return wrk.format("POST", "/buyTicket", headers)
end
