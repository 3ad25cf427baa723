// What signs: the lanes or the libraries, and what becomes known of it.
#include "daemon/metrics_text.h"
#include "daemon/server.h"
#include "keystore/signing/lanes/lane_dispatch.h"

namespace signet {

// Before the first key, which is tried out when it is loaded.
std::string Server::start_signer() {
  const lanes::LaneState state = lanes::start_lanes(
      {.wanted = config_.signer != "portable", .spot_check = config_.signer_spot_check, .on_fault = [] {
         log_event(
             LogLevel::kError, "signer_fault",
             {{"why", lanes::lane_state_text(lanes::LaneState::kFaulty)},
              {"now", "libsodium and OpenSSL sign; nothing wrong was released"},
              {"do", "distrust this machine: move to another one, and restart with signer = portable meanwhile"}});
       }});
  const bool broken = state == lanes::LaneState::kSelfTestFailed;
  log_event(broken ? LogLevel::kError : LogLevel::kInfo, "signer",
            {{"signer", lanes::signer_name(state)}, {"why", lanes::lane_state_text(state)}});
  return {};
}

void Server::append_signer_metrics(MetricsText& text) const {
  const lanes::LaneState state = lanes::lane_state();
  text.gauge("signet_signer_lanes", "Whether EdDSA, ES256 and RSA are signed eight at once (1) or one by one (0).",
             state == lanes::LaneState::kRunning ? 1 : 0);
  text.gauge("signet_signer_fault", "Whether the signer of eight lanes gave a wrong signature, or failed its test.",
             state == lanes::LaneState::kFaulty || state == lanes::LaneState::kSelfTestFailed ? 1 : 0);
}

}  // namespace signet
