// From what the user names to the sessions that are meant.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/options.hpp"
#include "client/ptyd/client.hpp"
#include "common/error.hpp"

namespace ptyd {

// All pages of the list.
boost::asio::awaitable<Result<std::vector<v1::SessionInfo>>> list_sessions(std::shared_ptr<Client> client, bool all,
                                                                           std::vector<LabelSetting> labels,
                                                                           std::chrono::milliseconds deadline);

// What requests call the session: the name as it was given, or the id of the only one with the labels.
// Errors: not_found, ambiguous.
boost::asio::awaitable<Result<std::string>> find_one_session(std::shared_ptr<Client> client, SessionRef session,
                                                             std::chrono::milliseconds deadline);

enum class WhichSessions { named, running, all };

// `which` other than `named`: all of these if neither names nor labels are given. Errors: not_found when labels fit
// no session.
boost::asio::awaitable<Result<std::vector<std::string>>> find_all_sessions(std::shared_ptr<Client> client,
                                                                           SessionRefs sessions, WhichSessions which,
                                                                           std::chrono::milliseconds deadline);

}  // namespace ptyd
