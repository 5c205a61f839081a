# Peer of arima.mjs: forecast::auto.arima with its defaults, series as lines "m h value value ..." on standard input.
# Prints a line each: seconds of processor and of clock for fit and forecast, AICc; then "sarima" and the seconds of one fit.
suppressMessages(library(forecast))
lines <- readLines(file("stdin"))
for (line in lines) {
  v <- as.numeric(strsplit(line, " ")[[1]])
  y <- ts(v[-(1:2)], frequency = v[1])
  t <- system.time({ f <- auto.arima(y); p <- forecast(f, h = v[2]) })
  cat(t[["user.self"]], t[["elapsed"]], f$aicc, "\n")
}
t <- system.time(f <- Arima(AirPassengers, c(1, 1, 1), c(1, 1, 1), method = "ML"))
cat("sarima", t[["user.self"]], t[["elapsed"]], f$loglik, "\n")
