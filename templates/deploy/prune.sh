# ---- Images of old releases

# old_images: OLD_IMAGES, the digests of ours that nothing needs any more: neither one of the releases that are kept, nor
# the one that serves. Of what is in another container the engine removes nothing. What others have put here is not touched.
old_images() {
  local release digest
  local -A needed=()
  OLD_IMAGES=()
  find_images
  read_record
  for release in "${RELEASES[@]}"; do
    if ((${#needed[@]} < KEEP)); then
      needed["${DIGESTS[${release}]}"]=1
    fi
  done
  look "$(container "$(serving)")"
  if [[ -n "${DIGEST_OF}" ]]; then
    needed["${DIGEST_OF}"]=1
  fi
  for digest in "${SEEN[@]}"; do
    if [[ -n "${LOCAL[${digest}]:-}" && -z "${needed[${digest}]:-}" ]]; then
      OLD_IMAGES+=("${digest}")
    fi
  done
}
OLD_IMAGES=()

# prune_images: status not 0 when one could not be removed.
prune_images() {
  local digest status=0
  for digest in "${OLD_IMAGES[@]}"; do
    if engine "${AT_ONCE_S}" image rm "${IMAGE}@${digest}" >"${work}/answer" 2>"${work}/err"; then
      warn "removed the image ${IMAGE}@${digest}"
    else
      warn "the image ${IMAGE}@${digest} could not be removed: $(last_line "${work}/err")"
      status=1
    fi
  done
  return "${status}"
}
