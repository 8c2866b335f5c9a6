// Who alone may type into a session, or size it, for how long, and how it is taken over.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "common/error.hpp"
#include "daemon/core/client_identity.hpp"

namespace ptyd {

using LeaseToken = std::array<std::uint8_t, 16>;

// Numbered as ptyd.v1.LeaseKind is.
enum class LeaseKind : std::uint8_t { input = 1, size = 2 };

enum class LeaseEnd : std::uint8_t { released, expired, stolen, taken_over, disconnected };

// A moment by both clocks. The first one counts since the machine's start, goes on while it sleeps, and decides; the
// second is for people.
struct LeaseTime {
  std::chrono::nanoseconds boot{};
  std::uint64_t unix_ms = 0;
};

struct Lease {
  LeaseToken token{};
  ClientIdentity holder;         // its `client` is 0 when an earlier daemon served it
  std::uint64_t since_ms = 0;    // Unix time
  std::uint64_t expires_ms = 0;  // the same; 0: with the holder's connection
  std::optional<std::chrono::nanoseconds> until;  // since the machine's start
  bool person = false;  // took over by typing
};

struct HeldLease {
  LeaseKind kind = LeaseKind::input;
  Lease lease;
};

// Who asks, by connection and by the token that was named.
struct LeaseUser {
  ClientIdentity client;
  std::optional<LeaseToken> token;
  bool person = false;
};

// One kind of lease of one session, held or not. Before each question comes expire(). Whoever names a token is granted
// what it asks only while that lease is held, so that it never types into what others have changed meanwhile; a person
// always may.
class LeaseDesk {
 public:
  using Duration = std::chrono::milliseconds;
  static constexpr Duration kLongest{24 * 3600 * 1000};
  static constexpr Duration kPersonHolds{30'000};

  explicit LeaseDesk(LeaseKind kind) noexcept : kind_(kind) {}

  const std::optional<Lease>& lease() const noexcept { return lease_; }
  bool held_by(const LeaseUser& user) const noexcept;

  // What a claim did. When neither `ended` nor `began`, it held on to what it had.
  struct Claimed {
    std::optional<Lease> ended;  // stolen
    bool began = false;
  };
  // For `ttl`, or as long as the connection is there. `fresh`: the token, if it begins one. Errors: busy.
  Result<Claimed> claim(const LeaseUser& user, std::optional<Duration> ttl, bool steal, const LeaseToken& fresh,
                        LeaseTime time);
  // Nothing: nobody held it. Errors: busy.
  Result<std::optional<Lease>> release(const LeaseUser& user, bool force, LeaseTime time);
  // The lease that is over now, if there is one.
  std::optional<Lease> expire(LeaseTime time);
  // The lease that was bound to that connection.
  std::optional<Lease> disconnected(std::uint64_t client);

  enum class Typing : std::uint8_t {
    granted,
    refused,
    ignored,     // a watching person's terminal has told something by itself
    takes_over,  // granted; take_over() has to come first
  };
  // `report`: nothing of it was done by a person (terminal_report.hpp).
  Typing typing(const LeaseUser& user, bool report) const noexcept;
  // The person who types holds the input from now on. Returns the lease that is over.
  std::optional<Lease> take_over(const LeaseUser& user, const LeaseToken& fresh, LeaseTime time);
  // What was granted is typed: a person's hold begins anew.
  void typed(const LeaseUser& user, bool report, LeaseTime time);

  // Why `user` is refused.
  Error refusal(const LeaseUser& user, LeaseTime time) const;

  // Goes on with a lease that another program, or an earlier daemon, granted.
  void resume(Lease lease) { lease_ = std::move(lease); }

 private:
  LeaseKind kind_;
  std::optional<Lease> lease_;
};

// A lease that an earlier daemon granted for a time. Where that daemon did not note `until`, the wall clock decides.
// Nothing: it is over.
std::optional<Lease> adopted_lease(Lease lease, LeaseTime time);

}  // namespace ptyd
