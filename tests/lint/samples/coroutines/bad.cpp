// Read by check_coroutines.py --self-test only; never compiled.
awaitable<void> calls() {
  take(co_await first(), [p] { use(p); });  // EXPECT: capturing lambda
  take([p] { use(p); }, co_await first());  // EXPECT: capturing lambda
  co_await call([p] { use(p); });  // EXPECT: capturing lambda
  co_await call([&] { use(p); });  // EXPECT: capturing lambda
  co_await co_spawn(co_await this_coro::executor, run(), use_awaitable);  // EXPECT: more than one
  co_await start(Options{});  // EXPECT: braced temporary
  co_await start({1, 2});  // EXPECT: braced temporary
  co_await start({.size = 1});  // EXPECT: braced temporary
  co_await Timer{1};  // EXPECT: braced temporary
  consume(co_await read());  // EXPECT: not the head
  (co_await read()).value();  // EXPECT: not the head
  auto n = 1 + co_await read();  // EXPECT: not the head
  auto n = co_await read() + 1;  // EXPECT: larger expression
  co_return Value(co_await read());  // EXPECT: not the head
  static_cast<Value>(co_await read());  // EXPECT: not the head
  static_cast<void>(co_await read({1}));  // EXPECT: braced temporary
  static_cast<void>(co_await read()).value();  // EXPECT: not the head
}

awaitable<void> braces() {
  Options o{.name = T{}, .count = co_await read()};  // EXPECT: inside braces
  Options o{co_await read()};  // EXPECT: inside braces
  Options o = {co_await read()};  // EXPECT: inside braces
  const auto n{co_await read()};  // EXPECT: inside braces
  std::vector<T> v{T{co_await read()}, T{}};  // EXPECT: inside braces
}

awaitable<void> conditions() {
  T t = ready ? (co_await wait(), T{}) : T{};  // EXPECT: braced temporary
  T t = ready ? (co_await wait(), none) : some;  // EXPECT: `?:`
  auto x = co_await (ready ? first() : second());  // EXPECT: `?:`
  if (!co_await ready()) co_return;  // EXPECT: not the head
  if (auto r = co_await open(Options{}); r) use(r);  // EXPECT: braced temporary
  while (more && co_await ready()) step();  // EXPECT: not the head
  if (co_await size() == 3) step();  // EXPECT: larger expression
  for (auto& e : co_await list({1})) use(e);  // EXPECT: braced temporary
}

void lambdas() {
  auto run = [this]() -> awaitable<void> {  // EXPECT: coroutine is a capturing lambda
    co_await step();
  };
  co_spawn(executor, [p]() -> awaitable<void> { co_await step(p); }, token);  // EXPECT: coroutine is a capturing lambda
  group.spawn([&]() -> awaitable<void> {  // EXPECT: coroutine is a capturing lambda
    co_return;
  });
  post([] { Options o{co_await read()}; });  // EXPECT: inside braces
}
