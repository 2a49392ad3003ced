-- The words of a text counted in a table, and their lengths: words.lua SAMPLES WORDS
local function text_of(n)
  -- A few words come often, most of them seldom.
  local common, last = "etaoinshrdlucmfw", "abcdefghij"
  local words, state = {}, 42
  for i = 1, n do
    state = (state * 3877 + 29573) % 139968
    local rank = state % 2000
    state = (state * 3877 + 29573) % 139968
    rank = math.floor(rank * (state % 2000) / 2000)
    local word = ""
    for length = 0, 1 + rank % 7 do
      local place = (rank * 7 + length * length) % 16 + 1
      word = word .. common:sub(place, place)
    end
    words[i] = word .. last:sub(rank % 10 + 1, rank % 10 + 1)
  end
  return table.concat(words, " ")
end

local function count(text)
  local counts, lengths = {}, {}
  for word in text:gmatch("%S+") do
    counts[word] = (counts[word] or 0) + 1
    if lengths[#word] then
      lengths[#word] = lengths[#word] + 1
    else
      lengths[#word] = 1
    end
  end
  return counts, lengths
end

local text = text_of(tonumber(arg[2]))
local seconds, counts, lengths = {}, nil, nil
for sample = 1, tonumber(arg[1]) do
  local start = os.clock()
  counts, lengths = count(text)
  seconds[sample] = os.clock() - start
end
local different, squares = 0, 0
for _, number in pairs(counts) do
  different = different + 1
  squares = squares + number * number
end
print(string.format("answer %d %d %d %d", different, squares, lengths[3], lengths[9]))
print("seconds " .. table.concat(seconds, " "))
