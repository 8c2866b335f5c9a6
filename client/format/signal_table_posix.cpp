#include <signal.h>

#include <array>

#include "client/format/signal_table.hpp"

namespace ptyd {

namespace {

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

constexpr SignalTable kTable{kSignals, NSIG, "is no signal", "write it like TERM, SIGTERM or 15"};

}  // namespace

const SignalTable& signal_table() noexcept { return kTable; }

}  // namespace ptyd
