(function () {
	var page = document.documentElement, note = document.getElementById("stale");
	var age = Date.now() / 1000 - page.getAttribute("data-made");
	if (age > page.getAttribute("data-limit")) {
		note.querySelector("b").textContent = Math.floor(age / 3600) + " hours";
		note.hidden = false;
	}
}());
