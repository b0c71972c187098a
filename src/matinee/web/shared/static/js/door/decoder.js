// Reads QR codes in pictures: by what the browser brings along, else by ZXing, which is loaded when it is needed.
// docs/decisions/scanner-decoder.md says why these two.

const LONG_SIDE = 960;

/** A function from a `<video>` to the codes in its picture, the one nearest to the middle first. */
export async function openDecoder({ decoder, wasm, native = true }) {
  return (native && (await nativeDecoder())) || zxingDecoder(decoder, wasm);
}

async function nativeDecoder() {
  if (!("BarcodeDetector" in window)) return null;
  try {
    const formats = await window.BarcodeDetector.getSupportedFormats();
    if (!formats.includes("qr_code")) return null;
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    // Some have the class and the format, and fail with the first picture.
    await detector.detect(document.createElement("canvas").getContext("2d").createImageData(8, 8));
    return async (video) => inOrder(await detector.detect(video), video.videoWidth, video.videoHeight);
  } catch {
    return null;
  }
}

async function zxingDecoder(decoder, wasm) {
  const { BarcodeDetector, prepareZXingModule } = await import(decoder);
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true, alpha: false });
  return async (video) => {
    const scale = Math.min(1, LONG_SIDE / Math.max(video.videoWidth, video.videoHeight));
    const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.drawImage(video, 0, 0, width, height);
    return inOrder(await detector.detect(context.getImageData(0, 0, width, height)), width, height);
  };
}

function inOrder(found, width, height) {
  const away = ({ boundingBox: box }) => Math.hypot(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2);
  return found
    .filter((each) => each.rawValue)
    .sort((one, other) => away(one) - away(other))
    .map((each) => each.rawValue);
}
