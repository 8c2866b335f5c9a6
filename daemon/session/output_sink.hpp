// Where an attachment's output goes: implemented by the server's connection, so that sessions know nothing
// of clients and their protocol.
#pragma once

namespace ptyd {

class OutputSink {
 public:
  // Some attachment of this sink may have something to send now: pull it with Attachment::next(), now or
  // later. Must not block and must not destroy the attachment inside the call.
  virtual void output_ready() = 0;

 protected:
  ~OutputSink() = default;
};

}  // namespace ptyd
