// Which reply belongs to which request.
#pragma once

#include <utility>

#include "ptyd/v1/ptyd.pb.h"

namespace ptyd {

template <class Query, class Answer, Query* (v1::Request::*kPut)(), Answer* (v1::Response::*kTake)(),
          bool (v1::Response::*kHas)() const>
struct MethodOf {
  using Reply = Answer;
  static void put(v1::Request& request, Query query) { *(request.*kPut)() = std::move(query); }
  static bool answered(const v1::Response& response) { return (response.*kHas)(); }
  static Reply take(v1::Response& response) { return std::move(*(response.*kTake)()); }
};

// Method<v1::ListRequest>::Reply is v1::ListReply, and so on.
template <class Query>
struct Method;

template <>
struct Method<v1::StatusRequest> : MethodOf<v1::StatusRequest, v1::StatusReply, &v1::Request::mutable_status,
                                            &v1::Response::mutable_status, &v1::Response::has_status> {};
template <>
struct Method<v1::CreateRequest> : MethodOf<v1::CreateRequest, v1::CreateReply, &v1::Request::mutable_create,
                                            &v1::Response::mutable_create, &v1::Response::has_create> {};
template <>
struct Method<v1::DetachRequest> : MethodOf<v1::DetachRequest, v1::DetachReply, &v1::Request::mutable_detach,
                                            &v1::Response::mutable_detach, &v1::Response::has_detach> {};
template <>
struct Method<v1::ListRequest> : MethodOf<v1::ListRequest, v1::ListReply, &v1::Request::mutable_list,
                                          &v1::Response::mutable_list, &v1::Response::has_list> {};
template <>
struct Method<v1::InspectRequest> : MethodOf<v1::InspectRequest, v1::InspectReply, &v1::Request::mutable_inspect,
                                             &v1::Response::mutable_inspect, &v1::Response::has_inspect> {};
template <>
struct Method<v1::ResizeRequest> : MethodOf<v1::ResizeRequest, v1::ResizeReply, &v1::Request::mutable_resize,
                                            &v1::Response::mutable_resize, &v1::Response::has_resize> {};
template <>
struct Method<v1::SendRequest> : MethodOf<v1::SendRequest, v1::SendReply, &v1::Request::mutable_send,
                                          &v1::Response::mutable_send, &v1::Response::has_send> {};
template <>
struct Method<v1::HistoryRequest> : MethodOf<v1::HistoryRequest, v1::HistoryReply, &v1::Request::mutable_history,
                                             &v1::Response::mutable_history, &v1::Response::has_history> {};
template <>
struct Method<v1::WaitRequest> : MethodOf<v1::WaitRequest, v1::WaitReply, &v1::Request::mutable_wait,
                                          &v1::Response::mutable_wait, &v1::Response::has_wait> {};
template <>
struct Method<v1::SignalRequest> : MethodOf<v1::SignalRequest, v1::SignalReply, &v1::Request::mutable_signal,
                                            &v1::Response::mutable_signal, &v1::Response::has_signal> {};
template <>
struct Method<v1::KillRequest> : MethodOf<v1::KillRequest, v1::KillReply, &v1::Request::mutable_kill,
                                          &v1::Response::mutable_kill, &v1::Response::has_kill> {};
template <>
struct Method<v1::RemoveRequest> : MethodOf<v1::RemoveRequest, v1::RemoveReply, &v1::Request::mutable_remove,
                                            &v1::Response::mutable_remove, &v1::Response::has_remove> {};
template <>
struct Method<v1::RenameRequest> : MethodOf<v1::RenameRequest, v1::RenameReply, &v1::Request::mutable_rename,
                                            &v1::Response::mutable_rename, &v1::Response::has_rename> {};
template <>
struct Method<v1::LabelRequest> : MethodOf<v1::LabelRequest, v1::LabelReply, &v1::Request::mutable_label,
                                           &v1::Response::mutable_label, &v1::Response::has_label> {};
template <>
struct Method<v1::RestartRequest> : MethodOf<v1::RestartRequest, v1::RestartReply, &v1::Request::mutable_restart,
                                             &v1::Response::mutable_restart, &v1::Response::has_restart> {};
template <>
struct Method<v1::SubscribeRequest>
    : MethodOf<v1::SubscribeRequest, v1::SubscribeReply, &v1::Request::mutable_subscribe,
               &v1::Response::mutable_subscribe, &v1::Response::has_subscribe> {};
template <>
struct Method<v1::UnsubscribeRequest>
    : MethodOf<v1::UnsubscribeRequest, v1::UnsubscribeReply, &v1::Request::mutable_unsubscribe,
               &v1::Response::mutable_unsubscribe, &v1::Response::has_unsubscribe> {};
template <>
struct Method<v1::ShutdownRequest> : MethodOf<v1::ShutdownRequest, v1::ShutdownReply, &v1::Request::mutable_shutdown,
                                              &v1::Response::mutable_shutdown, &v1::Response::has_shutdown> {};
template <>
struct Method<v1::ScreenRequest> : MethodOf<v1::ScreenRequest, v1::ScreenReply, &v1::Request::mutable_screen,
                                            &v1::Response::mutable_screen, &v1::Response::has_screen> {};
template <>
struct Method<v1::SearchRequest> : MethodOf<v1::SearchRequest, v1::SearchReply, &v1::Request::mutable_search,
                                            &v1::Response::mutable_search, &v1::Response::has_search> {};
template <>
struct Method<v1::ClaimRequest> : MethodOf<v1::ClaimRequest, v1::ClaimReply, &v1::Request::mutable_claim,
                                           &v1::Response::mutable_claim, &v1::Response::has_claim> {};
template <>
struct Method<v1::ReleaseRequest> : MethodOf<v1::ReleaseRequest, v1::ReleaseReply, &v1::Request::mutable_release,
                                             &v1::Response::mutable_release, &v1::Response::has_release> {};
template <>
struct Method<v1::CommandsRequest> : MethodOf<v1::CommandsRequest, v1::CommandsReply, &v1::Request::mutable_commands,
                                              &v1::Response::mutable_commands, &v1::Response::has_commands> {};
template <>
struct Method<v1::RecordRequest> : MethodOf<v1::RecordRequest, v1::RecordReply, &v1::Request::mutable_record,
                                            &v1::Response::mutable_record, &v1::Response::has_record> {};
template <>
struct Method<v1::RecordChangeRequest>
    : MethodOf<v1::RecordChangeRequest, v1::RecordChangeReply, &v1::Request::mutable_record_change,
               &v1::Response::mutable_record_change, &v1::Response::has_record_change> {};
template <>
struct Method<v1::EnvironmentRequest>
    : MethodOf<v1::EnvironmentRequest, v1::EnvironmentReply, &v1::Request::mutable_environment,
               &v1::Response::mutable_environment, &v1::Response::has_environment> {};
template <>
struct Method<v1::UpgradeRequest> : MethodOf<v1::UpgradeRequest, v1::UpgradeReply, &v1::Request::mutable_upgrade,
                                             &v1::Response::mutable_upgrade, &v1::Response::has_upgrade> {};

}  // namespace ptyd
