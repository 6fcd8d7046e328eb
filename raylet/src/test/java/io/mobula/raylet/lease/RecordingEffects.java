package io.mobula.raylet.lease;

import io.mobula.proto.Failure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records the effects of a table as text, and the slots that wait. */
final class RecordingEffects implements LeaseEffects {
  final List<String> log = new ArrayList<>();
  final Map<Long, LeaseRequest> slotsWanted = new LinkedHashMap<>();
  final Map<Long, LeaseRequest> granted = new LinkedHashMap<>();
  final Map<Long, Long> closing = new LinkedHashMap<>();
  final Map<LeaseRequest, Failure> refused = new LinkedHashMap<>();

  @Override
  public void granted(LeaseRequest request, long lease, long worker) {
    granted.put(lease, request);
    slotsWanted.remove(lease);
    log.add("granted " + request.request());
  }

  @Override
  public void spilled(LeaseRequest request, long raylet) {
    log.add("spilled " + request.request() + " to " + (raylet >>> 32));
  }

  @Override
  public void refused(LeaseRequest request, Failure failure) {
    refused.put(request, failure);
    slotsWanted.values().remove(request);
    log.add("refused " + request.request());
  }

  @Override
  public void slotWanted(LeaseRequest request, long lease) {
    slotsWanted.put(lease, request);
    log.add("slot wanted " + request.request());
  }

  @Override
  public void slotReleased(long lease) {
    slotsWanted.remove(lease);
    granted.remove(lease);
    closing.remove(lease);
    log.add("slot released " + lease);
  }

  @Override
  public void ended(LeaseRequest request, long lease) {
    log.add("ended " + lease);
  }

  @Override
  public void revoked(long worker, long lease) {
    closing.put(lease, worker);
    log.add("revoked " + lease);
  }

  List<String> take() {
    List<String> taken = List.copyOf(log);
    log.clear();
    return taken;
  }
}
