-- The text's loop over tables of floats, with global variables: loop_module.lua SAMPLES ELEMENTS CALLS
m, calls = tonumber(arg[2]), tonumber(arg[3])
x, y, y_pred = {}, {}, {}
for i = 1, m do
  v = (i - 1) / m - 0.5
  x[i] = v
  y[i] = 3.0 * v * v - v + 0.5
  y_pred[i] = 0.0
end

seconds = {}
for sample = 1, tonumber(arg[1]) do
  for i = 1, m do
    y_pred[i] = 2.5 * x[i] + 1.0
  end
  start = os.clock()
  for call = 0, calls - 1 do
    dj_dw = 0
    for i = 1, m do
      dj_dw = dj_dw + (y_pred[i] - y[i]) * x[i]
    end
    dj_dw = dj_dw / m
    y_pred[call % m + 1] = y_pred[call % m + 1] - dj_dw
  end
  seconds[sample] = os.clock() - start
end
print(string.format("answer %.17g", dj_dw))
print("seconds " .. table.concat(seconds, " "))
