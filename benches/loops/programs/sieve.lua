-- The primes below a limit, crossed out in a table of booleans from 0: sieve.lua SAMPLES LIMIT
local floor = math.floor

local function work(limit)
  local prime, crossings = {}, 0
  for k = 0, limit - 1 do
    prime[k] = true
  end
  local i = 2
  while i * i < limit do
    if prime[i] then
      for multiple = i * i, limit - 1, i do
        prime[multiple] = false
      end
      crossings = crossings + floor((limit - 1 - i * i) / i) + 1
    end
    i = i + 1
  end
  local primes = 0
  for k = 2, limit - 1 do
    if prime[k] then
      primes = primes + 1
    end
  end
  return primes, crossings
end

local limit = tonumber(arg[2])
local seconds, primes, crossings = {}, nil, nil
for sample = 1, tonumber(arg[1]) do
  local start = os.clock()
  primes, crossings = work(limit)
  seconds[sample] = os.clock() - start
end
print(string.format("answer %d %d", primes, crossings))
print("seconds " .. table.concat(seconds, " "))
