// Read by check_coroutines.py --self-test only; never compiled.
#define READ_ALL(stream) \
  consume(co_await stream.read())
awaitable<int> statements() {
  co_await step();
  (void)co_await step();
  static_cast<void>(co_await step());
  auto n = co_await read();
  const auto [error, size] = co_await socket.async_read_some(buffer, kToken);
  auto&& [a, b] = co_await pair();
  std::vector<std::pair<int, long>> v = co_await values<int, long>(std::move(name));
  n = co_await read();
  state_->size = co_await read();
  auto executor = co_await this_coro::executor;
  auto result = co_await (first() || second());
  auto f = [p] { use(p); };
  co_await call(std::move(f));
  Options o{1, 2};
  co_await start(std::move(o));
  co_await [](T q) -> awaitable<void> { co_await use(q); }(p);
  co_return co_await read();
}

[[nodiscard]] awaitable<int> conditions(int values[3]) {
  if (auto r = co_await open(name); !r) co_return 1;
  if (co_await ready()) step();
  while (co_await ready()) { step(); }
  for (auto& e : co_await list()) use(e);
  for (int i = 0; i < values[i]; ++i) co_await step();
  switch (auto kind = co_await next(); kind) {
    case Kind::first: co_await step(); break;
    default: co_await step();
  }
  // co_await f({1}) in a comment
  const char* text = "take(co_await f({1}))";
  const char* raw = R"(take(co_await f({1})))";
  const char quote = '"';
  const auto big = 1'000'000;
  if (ready) {
    co_await step();
  } else {
    co_return ready ? 1 : 2;
  }
  do { co_await step(); } while (ready);
  auto g = [p, q = T{1}] { return p ? q : T{}; };
  co_return values[0];
}
