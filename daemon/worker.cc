#include "daemon/worker.h"

#include <fmt/format.h>
#include <pthread.h>

namespace signet {

Worker::Worker(WorkerSetup setup)
    : setup_(std::move(setup)), listening_result_(listening_.get_future()), thread_([this] { run(); }) {}

Worker::~Worker() {
  if (!thread_.joinable()) return;
  if (wait_listening().empty()) drain(0);
  join();
}

std::string Worker::wait_listening() {
  if (!listening_result_.valid()) return {};
  return listening_result_.get();
}

void Worker::drain(uint32_t deadline_ms) { loop_->drain(deadline_ms); }

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

std::string Worker::listen() {
  for (const http::ListenAddress& address : setup_.listen) {
    bool tcp = address.kind == http::ListenAddress::Kind::kTcp;
    if (!tcp && setup_.index != 0) continue;  // a unix socket has no shared port: one worker has it
    if (std::string error = loop_->listen(address, tcp && setup_.reuse_port); !error.empty()) return error;
  }
  return {};
}

// The loop iterates when it rings: what is due is looked at after its sockets.
void Worker::attach_alarm() {
  uv_timer_init(loop_->loop(), &alarm_);
  alarm_.data = this;
  service_->set_alarm([this](uint64_t in_ms) {
    uv_timer_start(
        &alarm_,
        [](uv_timer_t* timer) {
          auto* worker = static_cast<Worker*>(timer->data);
          worker->service_->alarm_rang();
          worker->loop_->wake();
        },
        in_ms, 0);
  });
}

void Worker::run() {
  ::pthread_setname_np(::pthread_self(), fmt::format("worker-{}", setup_.index).c_str());
  service_ =
      std::make_unique<Service>(setup_.keystore, setup_.index, metrics_, setup_.shared, setup_.limits.in_flight_max,
                                system_clock_ms, setup_.verify_cache_entries, setup_.dialects);
  loop_ = http::ServerLoop::create(setup_.limits, *service_);
  loop_->set_trusted_proxies(setup_.trusted_proxies);
  if (std::string error = listen(); !error.empty()) return listening_.set_value(error);
  QuiescentDomain& domain = setup_.keystore.domain();
  QuiescentDomain::Reader* reader = domain.register_reader([loop = loop_.get()] { loop->wake(); });
  service_->mailbox().set_wake([loop = loop_.get()] { loop->wake(); });
  service_->set_signing_wake([loop = loop_.get()] { loop->wake(); });
  attach_alarm();
  loop_->set_hooks([reader] { reader->pass(); }, [this] { return service_->after_poll(loop_->responder()); });
  listening_.set_value({});
  loop_->run();
  domain.unregister_reader(reader);
  service_->wait_for_others();
  if (setup_.on_end) setup_.on_end();
}

}  // namespace signet
