// One function for each request. They run on the loop; those that wait are coroutines.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "common/error.hpp"
#include "daemon/server/connection.hpp"

namespace ptyd {

using Reply = Result<v1::Response>;
using LaterReply = boost::asio::awaitable<Reply>;
using ConnectionPtr = std::shared_ptr<Connection>;
using OpenRequestPtr = std::shared_ptr<OpenRequest>;

Reply handle_status(Connection& connection, const v1::StatusRequest& request);
Reply handle_detach(Connection& connection, const v1::DetachRequest& request);
Reply handle_list(Connection& connection, const v1::ListRequest& request);
Reply handle_resize(Connection& connection, const v1::ResizeRequest& request);
LaterReply handle_direct(ConnectionPtr connection, OpenRequestPtr open, v1::DirectRequest request);
Reply handle_set_size(Connection& connection, const v1::SetSizeRequest& request);
Reply handle_history(Connection& connection, const v1::HistoryRequest& request);
Reply handle_release(Connection& connection, const v1::ReleaseRequest& request);
Reply handle_rename(Connection& connection, const v1::RenameRequest& request);
Reply handle_label(Connection& connection, const v1::LabelRequest& request);
Reply handle_subscribe(Connection& connection, const v1::SubscribeRequest& request);
Reply handle_environment(Connection& connection, const v1::EnvironmentRequest& request);
Reply handle_unsubscribe(Connection& connection, const v1::UnsubscribeRequest& request);
Reply handle_shutdown(Connection& connection, const v1::ShutdownRequest& request);

LaterReply handle_create(ConnectionPtr connection, OpenRequestPtr open, v1::CreateRequest request);
LaterReply handle_attach(ConnectionPtr connection, OpenRequestPtr open, v1::AttachRequest request);
LaterReply handle_claim(ConnectionPtr connection, OpenRequestPtr open, v1::ClaimRequest request);
LaterReply handle_inspect(ConnectionPtr connection, OpenRequestPtr open, v1::InspectRequest request);
LaterReply handle_screen(ConnectionPtr connection, OpenRequestPtr open, v1::ScreenRequest request);
LaterReply handle_commands(ConnectionPtr connection, OpenRequestPtr open, v1::CommandsRequest request);
LaterReply handle_search(ConnectionPtr connection, OpenRequestPtr open, v1::SearchRequest request);
LaterReply handle_upgrade(ConnectionPtr connection, OpenRequestPtr open, v1::UpgradeRequest request);
LaterReply handle_wait(ConnectionPtr connection, OpenRequestPtr open, v1::WaitRequest request);
LaterReply handle_signal(ConnectionPtr connection, OpenRequestPtr open, v1::SignalRequest request);
LaterReply handle_record(ConnectionPtr connection, OpenRequestPtr open, v1::RecordRequest request);
LaterReply handle_record_change(ConnectionPtr connection, OpenRequestPtr open, v1::RecordChangeRequest request);

// What these begin goes on when the client is gone; also in another program, when `open` says how far they are.
LaterReply handle_send(DaemonState& state, OpenRequestPtr open, v1::SendRequest request);
LaterReply handle_kill(DaemonState& state, OpenRequestPtr open, v1::KillRequest request);
LaterReply handle_remove(DaemonState& state, OpenRequestPtr open, v1::RemoveRequest request);
LaterReply handle_restart(DaemonState& state, OpenRequestPtr open, v1::RestartRequest request);

}  // namespace ptyd
