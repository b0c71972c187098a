// Shows the OpenAPI document of this server. The validator badge would ask another host, so it is off.
window.addEventListener("load", () => {
  window.SwaggerUIBundle({
    url: document.querySelector("#document").getAttribute("data-url"),
    dom_id: "#document",
    deepLinking: true,
    validatorUrl: null,
    presets: [window.SwaggerUIBundle.presets.apis],
  });
});
