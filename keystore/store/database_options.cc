#include "keystore/store/database_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include "keystore/store/database.h"

namespace signet::store {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

void set_log_options(rocksdb::DBOptions& options) {
  // The default, point-in-time, silently drops everything after the first bad record: an acknowledged change could
  // vanish. This one refuses to open unless the damage is an unfinished record at the very end, and the mark then says
  // whether that one had been acknowledged.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.recycle_log_file_num = 0;  // a reused file could show old records after the tail
  options.wal_bytes_per_sync = 0;
  options.wal_compression = rocksdb::kNoCompression;
  options.manual_wal_flush = false;
  options.max_total_wal_size = 64 * kMiB;            // what a start after a crash replays at most
  options.track_and_verify_wals_in_manifest = true;  // safe as long as SyncWAL is never called
  options.WAL_ttl_seconds = 0;
  options.WAL_size_limit_MB = 0;
  options.wal_dir = "";
  options.avoid_flush_during_recovery = false;
  options.avoid_flush_during_shutdown = false;
  options.use_fsync = false;  // fdatasync also makes a grown size durable
  options.two_write_queues = false;
}

void set_write_options(rocksdb::DBOptions& options) {
  // One committer writes: nothing may be reordered, and nothing is gained by concurrency.
  options.unordered_write = false;
  options.enable_pipelined_write = false;
  options.allow_concurrent_memtable_write = false;
  options.enable_write_thread_adaptive_yield = false;
  options.atomic_flush = false;
  options.allow_mmap_reads = false;
  options.allow_mmap_writes = false;
  options.use_direct_reads = false;
  options.use_direct_io_for_flush_and_compaction = false;
  options.bytes_per_sync = kMiB;  // tables trickle to the disk instead of stalling one sync of the log
  options.strict_bytes_per_sync = false;
  options.compaction_readahead_size = 2 * kMiB;  // else a system call for each block
  options.max_background_jobs = 2;
  options.max_subcompactions = 1;
  options.max_open_files = -1;
}

void set_check_options(rocksdb::DBOptions& options) {
  options.paranoid_checks = true;
  options.verify_sst_unique_id_in_manifest = true;
  options.flush_verify_memtable_count = true;
  options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  options.skip_checking_sst_file_sizes_on_db_open = false;
  options.best_efforts_recovery = false;
  options.fail_if_options_file_error = true;
  // After a failed write or sync nothing can be trusted: never try to go on (database.cc stops at the first report).
  options.max_bgerror_resume_count = 0;
}

// Families are rotated at random: merged level by level, whatever comes from above would rewrite all of the level below
// it, which cost as much as the rotations themselves (bench/README.md). So what is merged is of about one size, and a
// read asks the filters of up to twice sixteen files.
void merge_by_size(rocksdb::ColumnFamilyOptions& options) {
  options.compaction_style = rocksdb::kCompactionStyleUniversal;
  options.level0_file_num_compaction_trigger = 16;
  options.level0_slowdown_writes_trigger = 40;
  options.level0_stop_writes_trigger = 60;
  options.compaction_options_universal.size_ratio = 25;
  options.compaction_options_universal.min_merge_width = 4;
  options.compaction_options_universal.max_size_amplification_percent = 100;  // on disk at most about twice the rows
}

}  // namespace

std::string_view family_name(Family family) {
  switch (family) {
    case Family::kMeta:
      return "default";
    case Family::kTenants:
      return "tenants";
    case Family::kClients:
      return "clients";
    case Family::kKeys:
      return "keys";
    case Family::kSecrets:
      return "secrets";
    case Family::kAudit:
      return "audit";
    case Family::kLastUsed:
      return "last_used";
    case Family::kImports:
      return "imports";
    case Family::kCommits:
      return "commits";
    case Family::kRefreshFamilies:
      return "refresh_families";
    case Family::kFamilyNames:
      return "family_names";
    case Family::kApiTokens:
      return "api_tokens";
    case Family::kRevocations:
      return "revocations";
    case Family::kRevocationCounts:
      return "revocation_counts";
    case Family::kFeeds:
      return "feeds";
    case Family::kDialectRecords:
      return "dialect_records";
  }
  return "";
}

rocksdb::DBOptions database_options() {
  rocksdb::DBOptions options;
  set_log_options(options);
  set_write_options(options);
  set_check_options(options);
  // RocksDB's own log names files and errors, never rows.
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 4;
  options.max_log_file_size = 4 * kMiB;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.skip_stats_update_on_db_open = true;
  options.persist_stats_to_disk = false;
  return options;
}

rocksdb::ColumnFamilyOptions family_options(Family family, std::shared_ptr<rocksdb::Cache> cache,
                                            const std::shared_ptr<ExpiryTime>& expiry_time) {
  const bool large = family == Family::kClients || family == Family::kRefreshFamilies;
  // Their names and scopes repeat from row to row; a family or API token is read at random, one at a time.
  const bool repetitive = family == Family::kRefreshFamilies || family == Family::kFamilyNames ||
                          family == Family::kApiTokens || family == Family::kDialectRecords;
  rocksdb::BlockBasedTableOptions table;
  // A family that was used lately is in recent_rows.h; another's block holds nobody else who is asked for soon.
  table.no_block_cache = family == Family::kRefreshFamilies;
  if (!table.no_block_cache) table.block_cache = std::move(cache);
  table.cache_index_and_filter_blocks = false;  // in memory: an import asks the filter once per client
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  table.block_size = repetitive ? 4 * 1024 : 16 * 1024;
  // Of rows that are only read in their order no single one is asked for: ten millions of them had 12 MB of filters.
  const bool in_order = family == Family::kRevocations || family == Family::kAudit;
  if (!in_order) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = true;
  table.verify_compression = false;
  table.detect_filter_construct_corruption = true;

  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  // An import writes every client once, in large commits. A rotation pays for each miss of the processor's cache on the
  // way to its place in the buffer: one that fits there costs it half (bench/README.md).
  options.write_buffer_size = family == Family::kClients ? 32 * kMiB : large ? 8 * kMiB : 4 * kMiB;
  options.max_write_buffer_number = 3;
  options.min_write_buffer_number_to_merge = 1;
  options.max_write_buffer_size_to_maintain = 0;
  options.memtable_prefix_bloom_size_ratio = large ? 0.05 : 0;
  options.memtable_whole_key_filtering = large;
  options.inplace_update_support = false;
  if (family == Family::kRefreshFamilies) {
    // Tenant and the first octet of the family: where that of the last row lies in the buffer is remembered for each.
    options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(5));
  }
  // Hashes do not compress, and a start reads every client.
  options.compression = repetitive ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  options.bottommost_compression = rocksdb::kDisableCompressionOption;
  options.compaction_style = rocksdb::kCompactionStyleLevel;
  if (family == Family::kRefreshFamilies) merge_by_size(options);
  options.target_file_size_base = 32 * kMiB;
  options.max_bytes_for_level_base = 128 * kMiB;
  options.level_compaction_dynamic_level_bytes = true;
  options.force_consistency_checks = true;
  options.paranoid_file_checks = true;
  options.report_bg_io_stats = false;
  options.ttl = 0;
  options.periodic_compaction_seconds = 0;
  options.enable_blob_files = false;
  if (const Expired expired = expiry_rule(family)) {
    options.compaction_filter_factory = expiry_filter(expired, expiry_time);
    // What nobody writes to any more is looked at once a day.
    options.periodic_compaction_seconds = uint64_t{24} * 60 * 60;
  }
  return options;
}

}  // namespace signet::store
