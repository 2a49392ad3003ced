-- Permutations and reversals of a short list, element by element: fannkuch.lua SAMPLES N
local function fannkuch(n)
  local count, perm1, perm = {}, {}, {}
  for i = 1, n do
    perm1[i] = i
  end
  local r, most_flips, checksum, sign = n, 0, 0, 1
  while true do
    while r ~= 1 do
      count[r] = r
      r = r - 1
    end
    local k = perm1[1]
    if k ~= 1 then
      for i = 2, n do
        perm[i] = perm1[i]
      end
      local flips = 0
      while k ~= 1 do
        -- The first element is k, and comes to place k.
        local next_k = perm[k]
        perm[k] = k
        local i, j = 2, k - 1
        while i < j do
          perm[i], perm[j] = perm[j], perm[i]
          i, j = i + 1, j - 1
        end
        k = next_k
        flips = flips + 1
      end
      if flips > most_flips then
        most_flips = flips
      end
      checksum = checksum + sign * flips
    end
    while true do
      if r == n then
        return checksum, most_flips
      end
      local first = perm1[1]
      for i = 1, r do
        perm1[i] = perm1[i + 1]
      end
      perm1[r + 1] = first
      count[r + 1] = count[r + 1] - 1
      if count[r + 1] > 0 then
        break
      end
      r = r + 1
    end
    sign = -sign
  end
end

local n = tonumber(arg[2])
local seconds, checksum, most_flips = {}, nil, nil
for sample = 1, tonumber(arg[1]) do
  local start = os.clock()
  checksum, most_flips = fannkuch(n)
  seconds[sample] = os.clock() - start
end
print(string.format("answer %d %d", checksum, most_flips))
print("seconds " .. table.concat(seconds, " "))
