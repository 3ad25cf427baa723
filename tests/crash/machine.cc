#include "tests/crash/machine.h"

namespace signet::crash {
namespace {

class IndexLoader : public StoreLoader {
 public:
  explicit IndexLoader(RevocationIndex& index) : index_(index) {}
  void on_tenant(TenantRow) override {}
  void on_key(KeyRow) override {}
  void on_secret(SecretRow) override {}
  void on_client(const Client&) override {}
  void on_revocations(std::span<const Revocation> revocations) override { index_.add(revocations); }

 private:
  RevocationIndex& index_;
};

}  // namespace

Machine::Machine(std::string data) : data_(std::move(data)) {}
Machine::~Machine() { stop(); }

void Machine::power_on() {
  faults_ = std::make_shared<FaultFileSystem>();
  env_ = rocksdb::NewCompositeEnv(faults_);
}

std::optional<StoreOpenFailure> Machine::open() {
  service_ = std::make_unique<Service>();
  IndexLoader loader(service_->index);
  const StoreOptions options{
      .path = data_, .create = true, .listener = &service_->listener, .revocations = &service_->index};
  auto opened = store::open_rocks_store_with(options, loader, {.env = env_.get()});
  if (!opened) return opened.error();
  store_ = std::move(*opened);
  store_->begin_service();
  mark_ = store::read_file(data_ + "/mark");
  return std::nullopt;
}

uint64_t Machine::come_down(std::mt19937_64* random) {
  stop();
  return faults_->forget_unsynced(random);
}

void Machine::stop() {
  if (store_) store_->close();
  store_.reset();
}

void Machine::put_back_mark() const { store::write_file(data_ + "/mark", mark_); }

}  // namespace signet::crash
