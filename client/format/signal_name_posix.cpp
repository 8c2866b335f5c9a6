#include <signal.h>

#include <array>
#include <charconv>
#include <string>

#include "client/format/signal_name.hpp"

namespace ptyd {

namespace {

struct NamedSignal {
  std::string_view name;
  std::uint32_t number;
};

constexpr std::array kSignals{
    NamedSignal{"HUP", SIGHUP},       NamedSignal{"INT", SIGINT},   NamedSignal{"QUIT", SIGQUIT},
    NamedSignal{"ILL", SIGILL},       NamedSignal{"TRAP", SIGTRAP}, NamedSignal{"ABRT", SIGABRT},
    NamedSignal{"BUS", SIGBUS},       NamedSignal{"FPE", SIGFPE},   NamedSignal{"KILL", SIGKILL},
    NamedSignal{"USR1", SIGUSR1},     NamedSignal{"SEGV", SIGSEGV}, NamedSignal{"USR2", SIGUSR2},
    NamedSignal{"PIPE", SIGPIPE},     NamedSignal{"ALRM", SIGALRM}, NamedSignal{"TERM", SIGTERM},
    NamedSignal{"CHLD", SIGCHLD},     NamedSignal{"CONT", SIGCONT}, NamedSignal{"STOP", SIGSTOP},
    NamedSignal{"TSTP", SIGTSTP},     NamedSignal{"TTIN", SIGTTIN}, NamedSignal{"TTOU", SIGTTOU},
    NamedSignal{"URG", SIGURG},       NamedSignal{"XCPU", SIGXCPU}, NamedSignal{"XFSZ", SIGXFSZ},
    NamedSignal{"VTALRM", SIGVTALRM}, NamedSignal{"PROF", SIGPROF}, NamedSignal{"WINCH", SIGWINCH},
    NamedSignal{"IO", SIGIO},         NamedSignal{"SYS", SIGSYS},
};

}  // namespace

std::string_view signal_name(std::uint32_t number) noexcept {
  for (const auto& signal : kSignals)
    if (signal.number == number) return signal.name;
  return {};
}

Result<std::uint32_t> parse_signal(std::string_view text) {
  std::string name;
  for (const char c : text) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (name.starts_with("SIG")) name.erase(0, 3);
  for (const auto& signal : kSignals)
    if (signal.name == name) return signal.number;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= 1 && number < NSIG) return number;
  Error bad;
  bad.code = errc::invalid_argument;
  bad.message = "'" + std::string(text) + "' is no signal";
  bad.hint = "write it like TERM, SIGTERM or 15";
  bad.subject = "signal";
  return bad;
}

}  // namespace ptyd
